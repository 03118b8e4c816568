// The citizens' pages about cases in Chromium, on a small phone.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { call } from "../support/api.ts";
import { assertAccessible, assertQuiet, launch, open } from "../support/browser.ts";
import { Issuer, Officer, OFFICE, openCase, type Opened } from "../support/desk.ts";
import { waitForMail } from "../support/mail.ts";
import { root, Server } from "../support/server.ts";

const PASSWORD = "cây đa đầu làng 47";
let issuer: Issuer;
let server: Server;
let browser: Browser;

before(async () => {
  issuer = await Issuer.start();
  server = await Server.start({
    vars: { ...issuer.vars(), CAPTCHA_COST: 1, LIMIT_IP_MINUTE: 0, COOLING_OFF: 1, LIMIT_CASE_DAY: 0 },
  });
  browser = await launch();
  mkdirSync(join(root, "tests/out"), { recursive: true });
});
after(async () => {
  await browser?.close();
  await server?.stop();
  issuer?.stop();
});

const shot = (page: Page, name: string) => page.screenshot({ path: join(root, `tests/out/${name}.png`), fullPage: true });

async function narrow(page: Page): Promise<void> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(wide, 0, "the page is wider than the screen");
}

async function fill(page: Page, k: number, email: string): Promise<void> {
  await page.getByLabel("Họ và tên").fill(`Thành Viên Thử ${k}`);
  await page.getByLabel("Ngày sinh").fill("1980");
  await page.getByLabel("Mã số BHXH hoặc số căn cước công dân").fill(String(9_000_000_000 + k));
  await page.getByLabel("Email bạn đang đọc được").fill(email);
  await page.getByLabel("Bạn đã mất gì?").fill("Mất máy.\nMất cả sim.");
}

async function lookUp(page: Page, codes: Opened): Promise<void> {
  await page.goto("/ho-so");
  await page.getByLabel("Số hồ sơ").fill(codes.case_number.toLowerCase());
  await page.locator("#lookup_code").fill(codes.lookup_code);
  await page.getByRole("button", { name: "Xem hồ sơ" }).click();
  await page.getByText("Tình trạng:").waitFor();
}

test("a case is opened, looked up, written into and withdrawn; nothing typed gets into an address or storage", async () => {
  const watched = await open(browser, server.url);
  const { page } = watched;
  const addresses: string[] = [];
  page.on("request", (request) => addresses.push(request.url()));
  await page.goto("/ho-so");
  await narrow(page);
  await shot(page, "case-open-vi");
  await assertAccessible(page, "the form");
  await fill(page, 51, "canari51@example.vn");
  assert.match((await page.getByLabel("Cơ quan nhận hồ sơ").textContent()) ?? "", /Hà Nội/);
  await page.getByLabel("Cơ quan nhận hồ sơ").selectOption(OFFICE);
  await page.getByRole("button", { name: "Gửi hồ sơ" }).click();
  await page.getByText("Đã nhận hồ sơ").waitFor();
  await shot(page, "case-opened-vi");
  await assertAccessible(page, "number and code");
  const text = (await page.textContent("main")) ?? "";
  const number = /HS-[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(text)?.[0] ?? "";
  const code = /([0-9A-Z]{4}-){3}[0-9A-Z]{4}/.exec(text.replace(number, ""))?.[0] ?? "";
  const codes = { case_number: number, lookup_code: code };
  await lookUp(page, codes);
  await page.getByText("Cơ quan đã nhận, chưa có cán bộ xem.").waitFor();
  await page.getByLabel("Nội dung").fill("Sáng mai tôi đến.");
  await page.getByRole("button", { name: "Nhắn thêm cho cơ quan" }).click();
  await page.getByText("Sáng mai tôi đến.").waitFor();
  await narrow(page);
  await shot(page, "case-status-vi");
  await assertAccessible(page, "the status");
  assert.equal(await page.getByRole("button", { name: "Rút hồ sơ" }).isVisible(), false, "final: not at one tap");
  await page.getByText("Rút hồ sơ").first().click();
  await page.getByRole("button", { name: "Rút hồ sơ" }).click();
  await page.getByText("Bạn đã rút hồ sơ.").waitFor();
  for (const secret of ["canari51", "9000000051", number, code]) {
    assert.ok(addresses.every((address) => !decodeURIComponent(address).includes(secret)), secret);
  }
  const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
  assert.equal(stored, "[{},{}]");
  assertQuiet(watched);
});

test("what is wrong is said at the top and at the field, and what was typed stays", async () => {
  const watched = await open(browser, server.url, { colorScheme: "dark" });
  const { page } = watched;
  await page.goto("/ho-so");
  await fill(page, 52, "khong phai email");
  await page.getByLabel("Ngày sinh").fill("30/02/1980");
  await page.getByRole("button", { name: "Gửi hồ sơ" }).click();
  await page.getByText("Hãy kiểm tra lại: Ngày sinh").waitFor();
  assert.equal(await page.getByLabel("Họ và tên").inputValue(), "Thành Viên Thử 52");
  assert.equal(await page.getByLabel("Ngày sinh").getAttribute("aria-invalid"), "true");
  await page.getByRole("link", { name: "Hãy kiểm tra lại: Ngày sinh (không có ngày sinh này)" }).click();
  assert.match((await page.locator("#birth_date-hint").textContent()) ?? "", /^không có ngày sinh này/);
  assert.match((await page.getByLabel("Ngày sinh").getAttribute("aria-describedby")) ?? "", /birth_date-hint/);
  assert.match((await page.locator("#email-hint").textContent()) ?? "", /^cần dạng ten@vidu\.vn/);
  await narrow(page);
  await shot(page, "case-errors-dark");
  await assertAccessible(page, "errors");
});

test("a case can be seen without scripts, and a wrong code says nothing", async () => {
  const codes = (await openCase(server.url, 53)).body;
  const { page } = await open(browser, server.url, { javaScriptEnabled: false });
  await lookUp(page, codes);
  await page.getByText("Cơ quan đã nhận, chưa có cán bộ xem.").waitFor();
  await page.goto("/en/ho-so");
  // Switched off by the test, not by the browser, scripts still count as there for its parser.
  assert.match(await page.content(), /<noscript>.*This browser does not run JavaScript/s);
  await page.getByLabel("Case number").fill(codes.case_number);
  await page.locator("#lookup_code").fill("0000-0000-0000-0000");
  await page.getByRole("button", { name: "See the case" }).click();
  await page.getByRole("heading", { name: "No such case" }).waitFor();
  await page.getByText("open no case").waitFor();
});

test("the link to a changed address, with the look-up code, leads to a new password", async () => {
  const opened = await openCase(server.url, 54, { phone: "", email: "moi54@example.vn" });
  const { case_number: number, lookup_code: code } = opened.body;
  const first = new Officer(server.url, issuer, "can-bo-2@example.vn");
  const second = new Officer(server.url, issuer, "giam-sat@example.vn");
  for (const answer of [
    await first.act(number, "check", { check: "in-person" }),
    await first.act(number, "propose"),
    await second.act(number, "confirm"),
  ]) {
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
  }
  const mail = await waitForMail(server, "moi54@example.vn");
  const link = mail.text.split(/\r?\n/).find((line) => line.includes("/ho-so#")) ?? "";
  const watched = await open(browser, server.url);
  const { page } = watched;
  await page.goto(link.trim().replace(/^https?:\/\/[^/]+/, server.url));
  await page.getByText("Bạn đến từ đường dẫn cán bộ gửi.").waitFor();
  assert.ok(!page.url().includes("#"), "the secret left the address");
  await narrow(page);
  await shot(page, "case-continue-vi");
  await page.getByLabel("Mã tra cứu").first().fill(code);
  await page.getByRole("button", { name: "Đặt mật khẩu mới" }).click();
  await page.getByLabel("Mật khẩu mới").fill("12345678");
  await page.getByRole("button", { name: "Đặt mật khẩu" }).click();
  await page.getByText("Mật khẩu quá ngắn").waitFor();
  await page.getByLabel("Mật khẩu mới").fill(PASSWORD);
  await page.getByRole("button", { name: "Đặt mật khẩu" }).click();
  await page.getByText("Đã đặt mật khẩu mới.").waitFor();
  const session = { identifier: "9000000054", password: PASSWORD };
  assert.equal((await call(server.url, "POST", "/api/v1/session", session)).status, 200);
  assert.deepEqual(watched.complaints.filter((line) => !line.includes("422")), []);
});
