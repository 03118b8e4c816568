// The officers' pages in Chromium: by keyboard alone, on a small laptop and on a phone.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { call } from "../support/api.ts";
import { assertAccessible, assertQuiet, launch, open, PHONE, type Watched } from "../support/browser.ts";
import { Issuer, Officer, openCase, type Opened, type Status } from "../support/desk.ts";
import { waitForMail } from "../support/mail.ts";
import { root, Server, until } from "../support/server.ts";

const LAPTOP = { width: 1366, height: 768 };
let issuer: Issuer;
let server: Server;
let browser: Browser;

before(async () => {
  issuer = await Issuer.start();
  server = await Server.start({
    vars: { ...issuer.vars(), CAPTCHA_COST: 1, LIMIT_IP_MINUTE: 0, COOLING_OFF: 2, LIMIT_CASE_DAY: 0 },
  });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
  issuer?.stop();
});

/** The desk as somebody sees it after signing in. */
async function signedIn(email: string, options: Parameters<typeof open>[2] = {}): Promise<Watched> {
  const watched = await open(browser, server.url, { viewport: LAPTOP, ...options });
  const value = await issuer.token(email);
  await watched.page.context().addCookies([{ name: "CF_Authorization", value, url: server.url }]);
  return watched;
}

async function opened(k: number, stated: Record<string, string> = {}): Promise<Opened> {
  const answer = await openCase(server.url, k, stated);
  assert.equal(answer.status, 202, JSON.stringify(answer.body));
  return answer.body;
}

const status = async (codes: Opened): Promise<string> =>
  (await call<Status>(server.url, "POST", "/api/v1/cases/status", codes)).body.state;

/** The version that the page's forms name. */
const version = (page: Page): Promise<string> => page.locator("[name=version]").first().inputValue();

/** Does something that is saved, and waits for the page that shows it. */
async function saving(page: Page, act: () => Promise<void>): Promise<void> {
  const before = await version(page);
  await act();
  await until("the case as saved", async () => ((await version(page)) === before ? undefined : true));
  await page.waitForLoadState();
}

/** Presses the focused button. */
const press = (page: Page): Promise<void> => saving(page, () => page.keyboard.press("Enter"));

async function toCase(page: Page, codes: Opened): Promise<void> {
  await page.goto("/ban-lam-viec");
  await page.keyboard.press("/");
  await page.keyboard.type(codes.case_number);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/tim$/);
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/ho-so\//);
}

test("a case is found, taken, verified and approved by keyboard alone", async () => {
  const codes = await opened(31);
  const watched = await signedIn("can-bo-2@example.vn");
  const { page } = watched;
  await toCase(page, codes);
  assert.match((await page.textContent("h1")) ?? "", new RegExp(codes.case_number));
  await page.keyboard.press("t");
  await press(page);
  await page.keyboard.press("c");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Tab");
  await press(page);
  assert.match((await page.textContent("main")) ?? "", /Gặp trực tiếp, có CCCD/);
  await page.keyboard.press("n");
  await page.keyboard.type("Đã gặp. <b>không phải HTML</b>");
  await page.keyboard.press("Tab");
  await press(page);
  assert.equal(await page.locator("main b", { hasText: "không phải HTML" }).count(), 0);
  await page.keyboard.press("a");
  await page.keyboard.press("Tab");
  await press(page);
  assert.equal(await status(codes), "approved");
  await waitForMail(server, "tv31@example.vn");
  assertQuiet(watched);
});

test("the shortcuts are listed on ?, and nothing is decided by one key", async () => {
  const codes = await opened(32);
  const watched = await signedIn("can-bo-2@example.vn");
  const { page } = watched;
  await toCase(page, codes);
  await page.keyboard.press("?");
  assert.equal(await page.locator("footer details").getAttribute("open"), "");
  assert.ok(await page.locator("footer li", { hasText: "nhận hồ sơ" }).isVisible());
  for (const key of "tcmnapro") {
    await page.keyboard.press("Escape");
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.keyboard.press(key);
  }
  assert.equal(await status(codes), "received");
  assertQuiet(watched);
});

test("the filter stays in the address, and what people typed does not get there", async () => {
  const codes = await opened(33, { email: "rieng-tu-33@example.vn" });
  const watched = await signedIn("can-bo-2@example.vn");
  const { page } = watched;
  const addresses: string[] = [];
  page.on("request", (request) => addresses.push(request.url()));
  await page.goto("/ban-lam-viec");
  await page.getByLabel("Tình trạng").selectOption("received");
  await page.getByLabel("Thứ tự").selectOption("newest");
  await page.getByRole("button", { name: "Xem" }).click();
  await page.waitForURL(/state=received&order=newest/);
  await page.reload();
  assert.equal(await page.getByLabel("Tình trạng").inputValue(), "received");
  assert.ok(await page.getByText(codes.case_number).isVisible());
  await page.getByLabel("Tìm", { exact: true }).fill("rieng-tu-33@example.vn");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/tim$/);
  assert.ok(await page.getByText(codes.case_number).isVisible());
  assert.ok(addresses.every((address) => !address.includes("rieng-tu")));
  await page.getByLabel("Tìm", { exact: true }).fill("HS-0000-0000");
  await page.keyboard.press("Enter");
  await page.getByText("Không có hồ sơ nào.").waitFor();
  assertQuiet(watched);
});

test("a changed address: one officer proposes, another approves, the supervisor sees it; without scripts too", async () => {
  const codes = await opened(34, { phone: "", email: "moi34@example.vn" });
  const id = (await new Officer(server.url, issuer, "can-bo-2@example.vn").find(codes.case_number)).case;
  const first = await signedIn("can-bo-2@example.vn", { javaScriptEnabled: false });
  const submit = (page: Page, name: string) =>
    saving(page, () => page.getByRole("button", { name, exact: true }).click());
  await first.page.goto(`/ban-lam-viec/ho-so/${id}`);
  await submit(first.page, "Ghi nhận");
  await submit(first.page, "Đề nghị đổi liên lạc");
  await first.page.getByText("Bạn đã duyệt; cần người khác.").waitFor();
  assert.equal(await first.page.getByRole("button", { name: "Duyệt đổi liên lạc" }).count(), 0);
  const second = await signedIn("giam-sat@example.vn");
  await second.page.goto(`/en/ban-lam-viec/ho-so/${id}`);
  await submit(second.page, "Approve changed contacts");
  assert.equal(await status(codes), "cooling-off");
  await second.page.goto("/ban-lam-viec/giam-sat");
  await second.page.getByText("Thời gian chờ").waitFor();
  assertQuiet(second);
});

test("each act says what was done, where focus goes, and the case's course keeps it with time, person and role", async () => {
  const codes = await opened(37, { phone: "", email: "moi37@example.vn" });
  const { page } = await signedIn("can-bo-2@example.vn");
  const told = (page_: Page, text: string) => until(text, async () => {
    const focused = page_.locator("[role=status]:focus");
    return (await focused.count()) === 1 && ((await focused.textContent()) ?? "").includes(text) ? true : undefined;
  });
  await toCase(page, codes);
  assert.match((await page.textContent("header")) ?? "", /cb2 · cán bộ · Bảo hiểm xã hội .*Hà Nội/);
  assert.match((await page.locator("#office").textContent()) ?? "", /^Bảo hiểm xã hội /, "offices by name");
  await page.keyboard.press("t");
  await press(page);
  await told(page, "Bạn đã nhận hồ sơ này.");
  await saving(page, () => page.getByRole("button", { name: "Ghi nhận", exact: true }).click());
  await told(page, "Đã ghi nhận bước xác minh.");
  await saving(page, () => page.getByRole("button", { name: "Đề nghị đổi liên lạc" }).click());
  await told(page, "Cần một người khác duyệt");
  const second = await signedIn("giam-sat@example.vn");
  await second.page.goto("/en" + new URL(page.url()).pathname);
  await saving(second.page, () => second.page.getByRole("button", { name: "Approve changed contacts" }).click());
  await told(second.page, "The cooling-off begins");
  await until("the end of the cooling-off", async () => {
    await server.sweep();
    return (await status(codes)) === "approved" ? true : undefined;
  });
  await second.page.reload();
  await saving(second.page, () => second.page.getByRole("button", { name: "Send the link again" }).click());
  await told(second.page, "A new link is on its way");
  const course = await second.page.locator("h2:has-text('What happened') + ul > li").allTextContents();
  const moment = String.raw`\d\d:\d\d \d\d/\d\d/\d{4}$`;
  for (const [place, line] of [
    "Opened ",
    "Taken cb2 \\(officer\\) · ",
    "Called a number on record cb2 · ",
    "Change approved: first cb2 \\(officer\\) · ",
    "Change approved: second; the cooling-off begins gs1 \\(supervisor\\) · ",
    "Cooling-off over; contacts changed ",
    "Link sent again gs1 \\(supervisor\\) · ",
  ].entries()) {
    assert.match(course[place] ?? "", new RegExp(`^${line}${moment}`));
  }
  assert.equal(course.length, 7);
  await assertAccessible(second.page, "a case's course");
  mkdirSync(join(root, "tests/out"), { recursive: true });
  await second.page.screenshot({ path: join(root, "tests/out/desk-course-en.png"), fullPage: true });
  await page.reload();
  await page.screenshot({ path: join(root, "tests/out/desk-course-vi.png"), fullPage: true });

  const handed = await opened(38);
  await toCase(page, handed);
  await page.getByRole("button", { name: "Chuyển cơ quan" }).click();
  await page.waitForURL(/\/ban-lam-viec\?saved=hand-over$/);
  await told(page, "Đã chuyển hồ sơ sang cơ quan khác.");
  const elsewhere = await signedIn("can-bo-3@example.vn");
  await toCase(elsewhere.page, handed);
  await elsewhere.page.getByText(/Chuyển đi từ Bảo hiểm xã hội .*Hà Nội/).waitFor();
});

test("two officers on one case: the second is told, and nothing is lost", async () => {
  const codes = await opened(35);
  const one = await signedIn("can-bo-2@example.vn");
  const two = await signedIn("giam-sat@example.vn");
  await toCase(one.page, codes);
  await toCase(two.page, codes);
  await one.page.keyboard.press("t");
  await press(one.page);
  await two.page.getByRole("button", { name: "Từ chối" }).click();
  await two.page.getByText("Hồ sơ vừa có thay đổi").waitFor();
  assert.equal(await status(codes), "in-review");
});

test("a refusal gives back what was typed, in the field that was sent and in the others", async () => {
  const codes = await opened(39);
  const watched = await signedIn("can-bo-2@example.vn");
  const { page } = watched;
  await toCase(page, codes);
  await page.locator("#text-note").fill("Ghi <b>chú</b> dài");
  await page.locator("#text-ask").fill("Mai bác đến được không?");
  const note = page.getByRole("button", { name: "Ghi chú", exact: true });
  const stays = async () => {
    assert.equal(await page.locator("#text-note").inputValue(), "Ghi <b>chú</b> dài");
    assert.equal(await page.locator("#text-ask").inputValue(), "Mai bác đến được không?");
  };
  await call(server.url, "POST", "/api/v1/cases/message", { ...codes, message: "Tôi bổ sung." });
  await note.click();
  await page.getByText("Hồ sơ vừa có thay đổi").waitFor();
  await stays();
  await page.locator("#text-note").evaluate((field: HTMLTextAreaElement) => {
    field.removeAttribute("maxlength");
    field.value = "a".repeat(2_001);
  });
  await note.click();
  await page.getByText("Dài quá 2000 ký tự").waitFor();
  assert.equal((await page.locator("#text-note").inputValue()).length, 2_001);
  assert.equal(await page.evaluate(() => localStorage.length + sessionStorage.length), 0);
});

test("an address cannot say that something was done where the case stands otherwise", async () => {
  const codes = await opened(40);
  const officer = new Officer(server.url, issuer, "can-bo-2@example.vn");
  const { case: id } = await officer.find(codes.case_number);
  const { page } = await signedIn("can-bo-2@example.vn");
  for (const act of ["approve", "propose", "confirm", "reject", "hand-over", "x"]) {
    await page.goto(`/ban-lam-viec/ho-so/${id}?saved=${act}`);
    assert.equal(await page.locator("[role=status]").count(), 0, act);
  }
  assert.equal((await page.goto("/ban-lam-viec?saved=approve"))?.status(), 200);
  assert.equal(await page.locator("[role=status]").count(), 0);
  await page.goto("/ban-lam-viec?state=received&order=newest");
  assert.equal(await page.getByRole("link", { name: "English" }).getAttribute("href"), "/en/ban-lam-viec?state=received&order=newest");
  assert.equal(await page.locator("kbd", { hasText: "/" }).count(), 1);
  await page.goto(`/ban-lam-viec/ho-so/${id}`);
  assert.equal(await page.locator("kbd", { hasText: "/" }).count(), 0, "there is no search here");
  await saving(page, () => page.getByRole("button", { name: "Ghi nhận", exact: true }).click());
  await saving(page, () => page.getByRole("button", { name: "Duyệt và gửi đường dẫn" }).click());
  assert.equal(await page.getByRole("button", { name: "Gửi lại đường dẫn" }).count(), 1);
});

test("on a phone with text twice as large nothing is wider than the screen", async () => {
  const codes = await opened(41, { message: "x".repeat(300) });
  const { case: id } = await new Officer(server.url, issuer, "can-bo-2@example.vn").find(codes.case_number);
  const { page } = await signedIn("giam-sat@example.vn", { viewport: PHONE });
  for (const path of ["/ban-lam-viec", `/ban-lam-viec/ho-so/${id}`, "/en/ban-lam-viec/thu", "/ban-lam-viec/giam-sat"]) {
    await page.goto(path);
    const wide = await page.evaluate(() => {
      const root = document.documentElement;
      root.style.fontSize = "200%";
      return root.scrollWidth - root.clientWidth;
    });
    await page.screenshot({ path: join(root, `tests/out/desk-large${path.replaceAll("/", "-").slice(0, 30)}.png`), fullPage: true });
    assert.equal(wide, 0, path);
  }
});

test("whoever is not signed in, or no supervisor, gets a page that says so", async () => {
  const stranger = await open(browser, server.url, { viewport: LAPTOP });
  const answer = await stranger.page.goto("/ban-lam-viec");
  assert.equal(answer?.status(), 401);
  await stranger.page.getByText("Hãy đăng nhập qua Cloudflare Access").waitFor();
  const officer = await signedIn("can-bo-2@example.vn");
  assert.equal((await officer.page.goto("/ban-lam-viec/giam-sat"))?.status(), 403);
  assert.equal((await officer.page.goto("/ban-lam-viec/ho-so/x"))?.status(), 404);
});

test("axe finds nothing, on a small laptop and on a phone, light and dark", async () => {
  const codes = await opened(36, { message: "Tôi mất máy và mất luôn sim. ".repeat(12) });
  const { case: id } = await new Officer(server.url, issuer, "can-bo-2@example.vn").find(codes.case_number);
  mkdirSync(join(root, "tests/out"), { recursive: true });
  for (const [name, options] of [
    ["laptop", { viewport: LAPTOP }],
    ["phone-dark", { viewport: PHONE, colorScheme: "dark" as const }],
  ] as const) {
    const watched = await signedIn("giam-sat@example.vn", options);
    const { page } = watched;
    for (const [what, path] of [
      ["queue", "/ban-lam-viec"],
      ["case", `/ban-lam-viec/ho-so/${id}`],
      ["oversight", "/en/ban-lam-viec/giam-sat"],
    ] as const) {
      await page.goto(path);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(wide, 0, `${name} ${what} is wider than the screen`);
      await page.screenshot({ path: join(root, `tests/out/desk-${what}-${name}.png`), fullPage: true });
      await assertAccessible(page, `${name} ${what}`);
    }
    assertQuiet(watched);
  }
});
