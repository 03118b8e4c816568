// Letters at the desk in Chromium: by keyboard alone on a small laptop, and on a phone.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { member } from "../support/api.ts";
import { assertAccessible, assertNoSidewaysScroll, assertQuiet, launch, open, PHONE, type Watched } from "../support/browser.ts";
import { Issuer } from "../support/desk.ts";
import { DOMAIN, hand, head } from "../support/letter.ts";
import { root, Server } from "../support/server.ts";

const LAPTOP = { width: 1366, height: 768 };
let issuer: Issuer;
let server: Server;
let browser: Browser;

before(async () => {
  issuer = await Issuer.start();
  server = await Server.start({ vars: { ...issuer.vars(), LIMIT_IP_MINUTE: 0, DESK_MAIL_DOMAIN: DOMAIN } });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
  issuer?.stop();
});

async function signedIn(options: Parameters<typeof open>[2] = {}): Promise<Watched> {
  const watched = await open(browser, server.url, { viewport: LAPTOP, ...options });
  const value = await issuer.token("can-bo-2@example.vn");
  await watched.page.context().addCookies([{ name: "CF_Authorization", value, url: server.url }]);
  return watched;
}

async function picture(watched: Watched, name: string): Promise<void> {
  await assertAccessible(watched.page, name);
  await assertNoSidewaysScroll(watched.page);
  const directory = join(root, "tests/out");
  mkdirSync(directory, { recursive: true });
  await watched.page.screenshot({ path: join(directory, `${name}.png`), fullPage: true });
}

const letter = (n: number) =>
  [
    head([`Subject: =?UTF-8?Q?M=E1=BA=A5t_sim_${n}?=`, "Content-Type: multipart/mixed; boundary=b"], `Ai Đó <nguoi${n}@example.vn>`),
    "--b",
    "Content-Type: text/plain; charset=utf-8",
    "",
    `Kính gửi cơ quan,\r\n\r\nTôi là Thành Viên Thử ${n}, mã số ${member(n).identifier}, sinh năm 1980. Tôi mất máy, mất cả sim.`,
    "--b",
    "Content-Type: image/jpeg",
    "",
    "…",
    "--b--",
  ].join("\r\n");

test("by keyboard: from the list to a case, and another letter away", async () => {
  for (const n of [51, 52]) assert.equal((await hand(server, letter(n))).status, 200);
  const watched = await signedIn();
  const { page } = watched;
  const key = (name: string) => page.keyboard.press(name);
  await page.goto("/ban-lam-viec");
  await key("l");
  await page.waitForURL(/\/thu$/);
  await picture(watched, "letters-list-laptop");
  assert.equal(await page.locator("[data-row]").count(), 2);
  await key("j");
  await key("Enter");
  await page.waitForURL(/\/thu\/\w+$/);
  await picture(watched, "letters-letter-laptop");
  await key("t");
  for (const text of ["Thành Viên Thử 51", "1980", "12"]) {
    await page.keyboard.type(text);
    await key("Tab");
  }
  await key("Enter");
  // What was typed is still there, beside what is wrong.
  await page.locator("#identifier[aria-invalid=true]").waitFor();
  assert.equal(await page.locator("#name").inputValue(), "Thành Viên Thử 51");
  await picture(watched, "letters-wrong-laptop");
  // Chromium notes the page's status.
  const noted = watched.complaints.splice(0);
  assert.ok(noted.length === 1 && noted[0]?.includes("422"), noted.join("\n"));
  await page.locator("#identifier").fill(member(51).identifier);
  await page.locator("#identifier").press("Enter");
  await page.waitForURL(/\/ho-so\/\w+\?saved=take-letter$/);
  await picture(watched, "letters-case-laptop");
  assert.equal(await page.locator("[name=act][value=propose]").count(), 0);

  await page.goto("/ban-lam-viec");
  assert.match((await page.locator("tbody tr").first().textContent()) ?? "", / · từ thư/, "the list says where it came from");
  await picture(watched, "letters-queue-laptop");

  await key("l");
  await page.waitForURL(/\/thu$/);
  await key("j");
  await key("Enter");
  await page.waitForURL(/\/thu\/\w+$/);
  await key("r");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "reason");
  await key("Tab");
  await key("Enter");
  await page.waitForURL(/\/thu\?saved=discard-letter$/);
  await page.getByText("Không có thư nào chờ.").waitFor();
  await picture(watched, "letters-empty-laptop");
  assertQuiet(watched);
});

test("on a phone, in the dark, in English", async () => {
  assert.equal((await hand(server, letter(53))).status, 200);
  const watched = await signedIn({ viewport: PHONE, colorScheme: "dark" });
  const { page } = watched;
  await page.goto("/en/ban-lam-viec/thu");
  await picture(watched, "letters-list-phone-dark");
  await page.locator("[data-row]").first().click();
  await page.waitForURL(/\/thu\/\w+$/);
  await page.getByText("It says it is from:").waitFor();
  await picture(watched, "letters-letter-phone-dark");
  // A name and a subject without a space are no wider than the screen.
  const long = "W".repeat(150);
  const wide = `${head([`Subject: ${long}`], `${long} <${"w".repeat(60)}@example.vn>`)}\r\n${long}`;
  assert.equal((await hand(server, wide)).status, 200);
  await page.goto("/en/ban-lam-viec/thu");
  await picture(watched, "letters-list-long-phone-dark");
  await page.getByText("WWW").click();
  await page.waitForURL(/\/thu\/\w+$/);
  await picture(watched, "letters-long-phone-dark");
  await page.goto("/en/ban-lam-viec");
  await picture(watched, "letters-queue-phone-dark");
  assertQuiet(watched);
});
