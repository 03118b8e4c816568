// Where an operator chose Turnstile: the third party is asked only then, only in its frame, and
// the page says so; the token takes the place of our own proof of work.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { call, member, slug } from "../support/api.ts";
import { assertAccessible, assertNoSidewaysScroll, hydrated, launch, open } from "../support/browser.ts";
import { SMALL } from "../support/citizen.ts";
import { secretsIn, waitForMail } from "../support/mail.ts";
import { Server, until } from "../support/server.ts";
import { Turnstile } from "../support/turnstile.ts";

let fake: Turnstile;
let server: Server;
let browser: Browser;
before(async () => {
  fake = await Turnstile.start();
  const vars = { ...fake.vars, LIMIT_IP_MINUTE: 0, RESEND_AFTER: 1 };
  [server, browser] = await Promise.all([Server.start({ vars }), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
  await fake?.stop();
});

/** A page whose only third party may be the stand-in. */
async function visit(path: string): Promise<{ page: Page; complaints: () => string[] }> {
  const { page, complaints } = await open(browser, server.url, SMALL);
  await page.goto(path);
  await hydrated(page);
  return { page, complaints: () => complaints.filter((one) => !one.startsWith(`third party: ${fake.url}/turnstile/`)) };
}

async function fill(page: Page, k: number): Promise<void> {
  await page.locator("#identifier").fill(member(k).identifier);
  await page.locator("#email").fill(member(k).email);
}

for (const [prefix, words, send] of [
  ["", /Turnstile của Cloudflare, một bên thứ ba/, "Gửi mã cho tôi"],
  ["/en", /Turnstile by Cloudflare, a third party/, "Send me a code"],
] as const) {
  test(`the widget shows in the form with a notice, and its token is accepted (${prefix || "/vi"})`, async () => {
    const k = prefix ? 801 : 802;
    const before = fake.asked.length;
    const { page, complaints } = await visit(`${prefix}/email`);
    assert.equal(await page.locator("iframe").count(), 0, "nothing of it before the form is used");
    await fill(page, k);
    const frame = page.frameLocator(".captcha iframe");
    await frame.getByText(words).waitFor();
    await frame.getByText(`widget email ${prefix ? "en" : "vi"}`).waitFor();
    await assertAccessible(page, "the form with a frame");
    await assertNoSidewaysScroll(page);
    await until("a frame as high as what it shows", async () => {
      const box = await page.locator(".captcha iframe").boundingBox();
      const inside = await frame.locator("html").evaluate((html) => (html as HTMLElement).offsetHeight);
      return box !== null && inside > 100 && Math.abs(box.height - inside) <= 2 ? true : undefined;
    });
    await page.getByRole("button", { name: send }).tap();
    await page.locator("#code").waitFor();
    const asked = fake.asked.slice(before);
    assert.equal(asked.length, 1);
    assert.match(asked[0]!["idempotency_key"]!, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(asked[0]!["remoteip"], undefined, "nobody's address is handed on");
    secretsIn((await waitForMail(server, member(k).email)).text);
    // Asking again takes a token of its own.
    const again = page.locator('form[action="/form/resend"] button:not([aria-disabled])');
    await again.waitFor();
    await again.tap();
    await waitForMail(server, member(k).email, 2);
    assert.equal(fake.asked.length, before + 2);
    assert.deepEqual(complaints(), []);
    await page.context().close();
  });
}

test("an answer that is lost is asked for again under the same key, and counts once", async () => {
  const before = fake.asked.length;
  fake.lose = 1;
  const { page } = await visit("/email");
  await fill(page, 803);
  await page.getByRole("button", { name: "Gửi mã cho tôi" }).tap();
  await page.locator("#code").waitFor();
  const keys = fake.asked.slice(before).map((asked) => asked["idempotency_key"]);
  assert.equal(keys.length, 2);
  assert.equal(keys[0], keys[1]);
  await page.context().close();
});

test("a token from another site is refused", async () => {
  fake.hostname = "phishing.example";
  const { identifier, email } = member(804);
  const answer = await call(server.url, "POST", "/api/v1/recoveries", { identifier, email, locale: "vi", captcha: "token.email.1" });
  fake.hostname = "localhost";
  assert.equal(answer.status, 403);
  assert.equal(slug(answer), "captcha-rejected");
});

test("where the third party cannot be reached the form says so and keeps what was typed", async () => {
  const { page } = await visit("/email");
  await page.route(`${fake.url}/**`, (route) => route.abort());
  await fill(page, 805);
  await page.getByRole("button", { name: "Gửi mã cho tôi" }).tap();
  await page.locator(".error-summary").waitFor();
  assert.equal(await page.locator("#identifier").inputValue(), member(805).identifier);
  await page.unroute(`${fake.url}/**`);
  await page.getByRole("button", { name: "Gửi mã cho tôi" }).tap();
  await page.locator("#code").waitFor();
  await page.context().close();
});

test("no page's own policy lets the third party in; the frame's does, and only we may frame it", async () => {
  for (const path of ["/", "/email", "/en/dang-nhap"]) {
    const policy = (await fetch(server.url + path)).headers.get("content-security-policy") ?? "";
    assert.ok(!policy.includes(fake.url) && !policy.includes("cloudflare"), path);
    assert.match(policy, /frame-src 'self'/);
  }
  const frame = await fetch(`${server.url}/form/turnstile?form=email&lang=vi`);
  const policy = frame.headers.get("content-security-policy") ?? "";
  assert.ok(policy.includes(`script-src 'self' ${fake.url};`), policy);
  assert.match(policy, /frame-ancestors 'self'/);
  assert.doesNotMatch(await frame.text(), /synthetic-secret/);
  const challenge = await call(server.url, "GET", "/api/v1/captcha?form=email");
  assert.equal(challenge.status, 404);
});

test("on pages without a form the third party is never asked", async () => {
  const before = fake.scripts;
  const { page, complaints } = await visit("/");
  await page.locator('a[href="/an-toan"]').first().tap();
  await page.waitForURL("**/an-toan");
  assert.equal(fake.scripts, before);
  assert.deepEqual(complaints(), []);
  await page.context().close();
});
