// The figures in Chromium: supervisors' page and the public one, on every screen and in every
// colour; a message sent again by button; the queue of 100,000 cases by keyboard alone.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { member } from "../support/api.ts";
import { assertAccessible, assertNoSidewaysScroll, assertQuiet, launch, open, PHONE, type Watched } from "../support/browser.ts";
import { change, query } from "../support/database.ts";
import { Issuer, Officer, OFFICE, openCase } from "../support/desk.ts";
import { Provider } from "../support/provider.ts";
import { root, Server, until } from "../support/server.ts";

const LAPTOP = { width: 1366, height: 768 };
let provider: Provider;
let issuer: Issuer;
let server: Server;
let browser: Browser;

before(async () => {
  provider = await Provider.start();
  issuer = await Issuer.start();
  server = await Server.start({
    vars: { ...provider.vars, ...issuer.vars(), CAPTCHA_COST: 1, LIMIT_IP_MINUTE: 0, LIMIT_CASE_DAY: 0 },
  });
  browser = await launch();
  mkdirSync(join(root, "tests/out"), { recursive: true });
  seed();
});
after(async () => {
  await browser?.close();
  await provider.stop();
  await server?.stop();
  issuer?.stop();
});

/** Thirteen weeks of made-up counts. */
function seed(): void {
  const day = Math.floor((Date.now() / 1000 + 25_200) / 86_400);
  change(
    server,
    `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 100),
     kinds(channel, office, act, n, every) AS (VALUES ('email', '', 'recovery-requested', 160, 1),
       ('email', '', 'password-set', 118, 1), ('sms', '', 'recovery-requested', 41, 1), ('sms', '', 'password-set', 33, 1),
       ('desk', '${OFFICE}', 'case-opened', 12, 1), ('desk', '${OFFICE}', 'password-set', 7, 1),
       ('desk', '${OFFICE}', 'case-approved', 8, 1), ('desk', '${OFFICE}', 'case-rejected-no-answer', 2, 2),
       ('desk', 'bhxh-tp-ho-chi-minh', 'case-opened', 9, 1), ('desk', 'bhxh-tp-hue', 'case-opened', 1, 40))
     INSERT INTO figure_day (day, channel, office, act, count)
     SELECT ${day} - i, channel, office, act, n + (i * 37 + n * 11) % (n / 2 + 1) FROM n, kinds WHERE i % every = 0`,
  );
  change(
    server,
    `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 32)
     INSERT INTO figure_time (day, channel, office, step, count)
     SELECT ${day} - 10 + i % 9, 'email', '', i, 400 / (1 + (i - 8) * (i - 8)) FROM n WHERE i < 20`,
  );
  change(server, "INSERT INTO figure_limit (day, kind, count) VALUES (?, 'requests', 31), (?, 'dropped', 4)", day, day);
}

async function signedIn(email: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const watched = await open(browser, server.url, { viewport: LAPTOP, ...options });
  const value = await issuer.token(email);
  await watched.page.context().addCookies([{ name: "CF_Authorization", value, url: server.url }]);
  return watched;
}

const shot = (page: Page, name: string) => page.screenshot({ path: join(root, `tests/out/${name}.png`), fullPage: true });

const LOOKS: [string, BrowserContextOptions][] = [
  ["laptop", { viewport: LAPTOP }],
  ["phone-dark", { viewport: PHONE, colorScheme: "dark" }],
  ["narrow-forced", { viewport: { width: 320, height: 640 }, forcedColors: "active" }],
];

test("a supervisor sends a message again by button: it says so, and offers it no second time", async () => {
  const officer = new Officer(server.url, issuer, "can-bo-2@example.vn");
  const opened = await openCase(server.url, 91);
  const number = opened.body.case_number;
  const view = (await officer.act(number, "check", { check: "record" })).body;
  const contact = view.contacts.find(({ kind }) => kind === "email")?.id ?? "";
  provider.failNext(422);
  assert.equal((await officer.act(number, "approve", { contact })).status, 200);
  await until("a message that was given up", async () => {
    await server.sweep();
    return query(server, "SELECT 1 FROM outbox WHERE state = 'dead'").length > 0 ? true : undefined;
  });
  const watched = await signedIn("giam-sat@example.vn");
  const { page } = watched;
  await page.goto("/ban-lam-viec");
  await page.keyboard.press("f");
  await page.waitForURL(/\/so-lieu$/);
  await page.getByRole("link", { name: "7 ngày" }).click();
  await page.waitForURL(/days=7/);
  await page.getByRole("button", { name: /^Gửi lại: Đường dẫn của cán bộ/ }).focus();
  await shot(page, "figures-letter");
  await assertAccessible(page, "a message that was given up");
  await page.keyboard.press("Enter");
  await page.getByText("Đã xếp hàng gửi lại.").waitFor();
  assert.match(page.url(), /days=7&saved=1$/);
  await until("the mail", () => provider.sent.find(({ to }) => to.includes(member(91).email)));
  await page.reload();
  assert.equal(await page.getByRole("button", { name: /^Gửi lại/ }).count(), 0);
  assert.equal(provider.sent.filter(({ to }) => to.includes(member(91).email)).length, 1);
  await page.getByRole("link", { name: "English" }).click();
  await page.getByRole("heading", { name: "Figures" }).waitFor();
  assert.match(page.url(), /days=7/);
  const file = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download as CSV" }).click();
  assert.match((await file).suggestedFilename(), /^so-lieu-[\d-]+\.csv$/);
  // A second press of a page that was left open.
  change(server, "UPDATE outbox SET state = 'dead' WHERE resent_at IS NOT NULL");
  await page.goto("/ban-lam-viec/so-lieu");
  await page.getByText("Đã gửi lại một lần.").waitFor();
  assertQuiet(watched);
});

test("axe finds nothing on the figures, in both languages, on every screen and in every colour", async () => {
  for (const [name, options] of LOOKS) {
    const watched = await signedIn("giam-sat@example.vn", options);
    const { page } = watched;
    for (const [what, path] of [
      ["vi", "/ban-lam-viec/so-lieu?days=90"],
      ["en", "/en/ban-lam-viec/so-lieu"],
      ["public-vi", "/ho-so/so-lieu"],
      ["public-en", "/en/ho-so/so-lieu"],
    ] as const) {
      await page.goto(path);
      assert.equal(await page.locator("svg[role=img]").count(), 3, "a chart for each channel");
      assert.ok((await page.locator("svg rect").count()) > 20);
      assert.equal(await page.locator("[style]").count(), 0);
      if (what.startsWith("public")) assert.doesNotMatch((await page.textContent("main")) ?? "", /Bàn làm việc|Office desk|bhxh-/);
      await assertAccessible(page, `${name} ${what}, folded`);
      await page.evaluate(() => {
        for (const folded of document.querySelectorAll("main details")) folded.setAttribute("open", "");
      });
      await assertNoSidewaysScroll(page);
      // Citizens read everything without moving a table sideways.
      const cut = await page.locator(".scroll").evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.getAttribute("aria-label")));
      if (what.startsWith("public")) assert.deepEqual(cut, [], `${name} ${what}`);
      assert.match((await page.textContent("main")) ?? "", what.endsWith("vi") ? /Cơ quan BHXH/ : /Office/);
      await assertAccessible(page, `${name} ${what}`);
      await shot(page, `figures-${what}-${name}`);
    }
    assertQuiet(watched);
  }
});

test("an officer is told that the figures are a supervisor's", async () => {
  const { page } = await signedIn("can-bo-2@example.vn");
  assert.equal((await page.goto("/ban-lam-viec/so-lieu"))?.status(), 403);
  await page.getByText("Bạn không được làm việc này").waitFor();
  await page.goto("/ban-lam-viec");
  assert.equal(await page.locator('a[href$="/so-lieu"]').count(), 0);
});

test("a queue of 100,000 cases is worked through by keyboard alone, on a laptop and on a phone", async (t) => {
  const opened = await openCase(server.url, 92);
  const number = opened.body.case_number;
  change(
    server,
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
     INSERT INTO desk_case (id, number, office, locale, state, version, opened_at, changed_at, ended_at,
       kid, salt, lookup, key_identifier, key_phone, key_email, assignee, first, changes_contacts, cooling_until)
     SELECT printf('0%025d', i), printf('HS-%04d-%04d', i / 10000, i % 10000), '${OFFICE}', 'vi',
       CASE i % 4 WHEN 0 THEN 'received' WHEN 1 THEN 'in-review' WHEN 2 THEN 'waiting' ELSE 'disputed' END,
       1, 1700000000 + i, 1700000000 + i, NULL, 'k', '00000000000000000000000000000000', printf('%064d', i),
       printf('%064x', i), NULL, printf('%064x', i + 500000), NULL, NULL, 0, NULL FROM n`,
  );
  for (const [name, viewport] of [["laptop", LAPTOP], ["phone", PHONE]] as const) {
    const watched = await signedIn("can-bo-2@example.vn", { viewport });
    const { page } = watched;
    const times: Record<string, number> = {};
    const timed = async (what: string, act: () => Promise<unknown>): Promise<void> => {
      const begun = performance.now();
      await act();
      times[what] = Math.round(performance.now() - begun);
    };
    await timed("the list", () => page.goto("/ban-lam-viec"));
    const first = page.locator("[data-row]").first();
    for (let n = 0; n < 3; n += 1) await page.keyboard.press("j");
    await page.keyboard.press("k");
    const focused = await page.evaluate(() => document.activeElement?.textContent);
    assert.equal(focused, await page.locator("[data-row]").nth(1).textContent());
    assert.ok(await first.isVisible());
    await assertNoSidewaysScroll(page);
    await shot(page, `queue-100000-${name}`);
    // The filter: to it by Tab, chosen by its first letters, sent by Enter on its button.
    await page.locator("#state").focus();
    await page.keyboard.type("Bị d");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await timed("filtered by state", async () => {
      await Promise.all([page.waitForURL(/state=disputed/), page.keyboard.press("Enter")]);
    });
    assert.equal(await page.locator("[data-row]").count(), 50);
    await page.keyboard.press("h");
    await page.waitForURL(/\/ban-lam-viec$/);
    await page.keyboard.press("/");
    await page.keyboard.type(number);
    await timed("search by number", async () => {
      await Promise.all([page.waitForURL(/\/tim$/), page.keyboard.press("Enter")]);
    });
    await page.keyboard.press("j");
    await timed("the case", async () => {
      await Promise.all([page.waitForURL(/\/ho-so\//), page.keyboard.press("Enter")]);
    });
    assert.match((await page.textContent("h1")) ?? "", new RegExp(number));
    const before_ = await page.locator("[name=version]").first().inputValue();
    await page.keyboard.press("n");
    await page.keyboard.type("Đã xem.");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await until("the note as saved", async () =>
      (await page.locator("[name=version]").first().inputValue()) === before_ ? undefined : true,
    );
    t.diagnostic(`${name}, ms from key to page: ${JSON.stringify(times)}`);
    assertQuiet(watched);
  }
  const supervisor = await signedIn("giam-sat@example.vn");
  const begun = performance.now();
  await supervisor.page.goto("/ban-lam-viec/so-lieu");
  t.diagnostic(`the supervisor's page: ${Math.round(performance.now() - begun)} ms`);
  await supervisor.page.getByText("100001").first().waitFor();
});
