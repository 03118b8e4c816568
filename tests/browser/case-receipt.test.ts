// What the case pages keep of a form that was sent: number and code can be seen again for a while,
// nothing is sent twice, and nothing of it stands anywhere in clear.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium, type Browser, type Page } from "playwright-core";
import { member } from "../support/api.ts";
import { assertQuiet, launch, open, PHONE } from "../support/browser.ts";
import { query } from "../support/database.ts";
import { Issuer, OFFICE, openCase, type Opened } from "../support/desk.ts";
import { send } from "../support/http.ts";
import { Server } from "../support/server.ts";
import { files, found } from "../support/traces.ts";

let issuer: Issuer;
let server: Server;
let browser: Browser;

before(async () => {
  issuer = await Issuer.start();
  server = await Server.start({
    vars: { ...issuer.vars(), CAPTCHA_COST: 1, LIMIT_IP_MINUTE: 0, LIMIT_CASE_DAY: 0, LIMIT_CASE_MESSAGE_DAY: 0 },
  });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
  issuer?.stop();
});

const cases = (): number => Number(query(server, "SELECT count(*) AS n FROM desk_case")[0]?.["n"]);

async function codes(page: Page): Promise<Opened> {
  await page.getByRole("heading", { name: "Đã nhận hồ sơ" }).waitFor();
  const text = (await page.textContent("main")) ?? "";
  const number = /HS-[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(text)?.[0] ?? "";
  const code = /([0-9A-Z]{4}-){3}[0-9A-Z]{4}/.exec(text.replace(number, ""))?.[0] ?? "";
  assert.ok(number !== "" && code !== "", text);
  return { case_number: number, lookup_code: code };
}

async function sendCase(page: Page, k: number): Promise<Opened> {
  await page.goto("/ho-so");
  await page.locator("#name").fill(`Thành Viên Thử ${k}`);
  await page.locator("#birth_date").fill("28/02/1980");
  await page.locator("#identifier").fill(member(k).identifier);
  await page.locator("#phone").fill(member(k).phone);
  await page.locator("#office").selectOption(OFFICE);
  await page.getByRole("button", { name: "Gửi hồ sơ", exact: true }).click();
  return codes(page);
}

async function lookUp(page: Page, opened: Opened): Promise<void> {
  await page.goto("/ho-so");
  await page.locator("#case_number").fill(opened.case_number);
  await page.locator("#lookup_code").fill(opened.lookup_code);
  await page.getByRole("button", { name: "Xem hồ sơ", exact: true }).click();
  await page.getByText("Tình trạng:").waitFor();
}

test("number and code survive a reload, back and forward, and a second tab, until they are put away", async () => {
  const watched = await open(browser, server.url);
  const { page } = watched;
  const addresses: string[] = [];
  page.on("request", (request) => addresses.push(request.url()));
  const before = cases();
  const opened = await sendCase(page, 61);
  assert.equal(new URL(page.url()).pathname, "/ho-so/da-nhan");
  await page.reload();
  assert.deepEqual(await codes(page), opened);
  await page.goBack();
  await page.locator("#case_number").waitFor();
  await page.goForward();
  assert.deepEqual(await codes(page), opened);
  const second = await page.context().newPage();
  await second.goto("/en/ho-so/da-nhan");
  await second.getByRole("heading", { name: "The case was received" }).waitFor();
  assert.ok((await second.textContent("main"))?.includes(opened.lookup_code));
  assert.equal(cases(), before + 1, "one case for one form");

  const kept = await page.context().cookies();
  const [receipt] = kept.filter(({ name }) => name === "__Host-case");
  assert.ok(receipt?.httpOnly && receipt.secure && receipt.sameSite === "Strict" && receipt.path === "/");
  const left = receipt.expires - Date.now() / 1_000;
  assert.ok(left > 0 && left <= 600, `${left} s`);
  const secrets = { number: opened.case_number, code: opened.lookup_code, bare: opened.lookup_code.replaceAll("-", "") };
  const browserKeeps = await page.evaluate(async () =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, await caches.keys(), history.state]),
  );
  assert.deepEqual(found(Buffer.from(JSON.stringify([kept, addresses, browserKeeps])), secrets), []);
  const { headers } = await send(server.url, { method: "GET", path: "/ho-so/da-nhan" });
  assert.equal(headers["cache-control"], "no-store");

  await page.getByRole("button", { name: "Tôi đã giữ lại" }).click();
  await page.waitForURL("**/ho-so");
  await second.reload();
  await second.getByText("its 10 minutes are over, or it was erased").waitFor();
  assert.ok(!(await second.textContent("body"))?.includes(opened.lookup_code));
  await page.goBack();
  await page.getByText("hoặc đã xóa khỏi máy này").waitFor();
  assertQuiet(watched);
  await page.context().close();
});

test("a sealed cookie that was altered, or is of another key, shows nothing", async () => {
  const { page } = await open(browser, server.url);
  const opened = await sendCase(page, 62);
  const [{ value } = { value: "" }] = (await page.context().cookies()).filter(({ name }) => name === "__Host-case");
  const flip = (at: number) => value.slice(0, at) + (value[at] === "A" ? "B" : "A") + value.slice(at + 1);
  const [kid = "", rest = ""] = value.split(".");
  for (const forged of [flip(kid.length + 3), flip(value.length - 9), `zz.${rest}`, `${kid}.`, "1", value.slice(0, -4)]) {
    const headers = { cookie: `__Host-case=${forged}` };
    for (const path of ["/ho-so/da-nhan", "/ho-so/xem"]) {
      const answer = await send(server.url, { method: "GET", path, headers });
      assert.equal(answer.status, 200);
      assert.match(answer.text, /hoặc đã xóa khỏi máy này/, forged);
      assert.ok(!answer.text.includes(opened.case_number));
    }
  }
  const good = await send(server.url, { method: "GET", path: "/ho-so/da-nhan", headers: { cookie: `__Host-case=${value}` } });
  assert.match(good.text, /Đã nhận hồ sơ/);
  await page.context().close();
});

test("a case's page is loaded again without sending anything again, and each form is about its own case", async () => {
  const [one, two] = [(await openCase(server.url, 63)).body, (await openCase(server.url, 64)).body];
  const watched = await open(browser, server.url);
  const { page } = watched;
  await lookUp(page, one);
  const posts: string[] = [];
  page.on("request", (request) => request.method() === "POST" && posts.push(new URL(request.url()).pathname));
  await page.locator("#text").fill("Sáng mai tôi đến.");
  await page.getByRole("button", { name: "Nhắn thêm cho cơ quan" }).click();
  await page.getByText("Đã gửi lời nhắn.").waitFor();
  await page.reload();
  await page.reload();
  assert.equal(await page.locator("dd", { hasText: "Sáng mai tôi đến." }).count(), 1);
  await page.goBack();
  await page.goForward();
  assert.deepEqual(posts, ["/ho-so/nhan"]);

  // Another case in another tab is now what the browser keeps; this tab's forms stay about this one's.
  const other = await page.context().newPage();
  await lookUp(other, two);
  await page.locator("#text").fill("Vẫn là hồ sơ thứ nhất.");
  await page.getByRole("button", { name: "Nhắn thêm cho cơ quan" }).click();
  await page.getByRole("heading", { name: one.case_number }).waitFor();
  await other.reload();
  await lookUp(other, two);
  assert.equal(await other.getByText("Vẫn là hồ sơ thứ nhất.").count(), 0);

  await lookUp(page, one);
  await page.getByText("Rút hồ sơ").first().click();
  await page.getByRole("button", { name: "Rút hồ sơ" }).click();
  await page.getByText("Bạn đã rút hồ sơ.").waitFor();
  await page.reload();
  await page.getByText("Bạn đã rút hồ sơ.").waitFor();
  assert.deepEqual(posts.filter((path) => path === "/ho-so/rut"), ["/ho-so/rut"]);
  await page.getByRole("button", { name: "Xong, đóng hồ sơ trên máy này" }).click();
  await page.waitForURL("**/ho-so");
  await page.goto("/ho-so/xem");
  await page.getByText("hoặc đã xóa khỏi máy này").waitFor();
  assertQuiet(watched);
  await page.context().close();
});

test("where a browser keeps no cookies the answer is the page itself, and a message sent twice is one", async () => {
  const opened = (await openCase(server.url, 65)).body;
  const form = (path: string, fields: Record<string, string>) =>
    send(server.url, {
      method: "POST",
      path,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ ...opened, ...fields }).toString(),
    });
  const looked = await form("/ho-so/xem", {});
  assert.deepEqual([looked.status, looked.headers["set-cookie"]], [200, undefined]);
  assert.match(looked.text, /Tình trạng:/);
  const twice = () => form("/ho-so/nhan", { text: "Một lần\r\nthôi." });
  for (const answer of [...(await Promise.all([twice(), twice(), twice()])), await twice()]) {
    assert.equal(answer.status, 200);
    assert.equal(answer.text.match(/Một lần<br>thôi\./g)?.length, 1);
  }
  assert.match((await form("/ho-so/rut", {})).text, /Bạn đã rút hồ sơ/);
  // The addresses of forms lead whoever opens them to the page.
  for (const [path, to] of [["/ho-so/gui", "/ho-so"], ["/en/ho-so/nhan", "/en/ho-so"], ["/ho-so/mat-khau", "/ho-so"]] as const) {
    const { status, headers } = await send(server.url, { method: "GET", path });
    assert.deepEqual([status, headers.location], [303, to], path);
  }
});

test("marks of direction and control characters are taken out of what people type", async () => {
  const opened = (await openCase(server.url, 66)).body;
  const { page } = await open(browser, server.url);
  await lookUp(page, opened);
  await page.locator("#text").evaluate((field: HTMLTextAreaElement) => {
    field.value = "Gọi \u202E9876\u2066 tôi \u0007nhé";
  });
  await page.getByRole("button", { name: "Nhắn thêm cho cơ quan" }).click();
  await page.getByText("Gọi 9876 tôi nhé", { exact: true }).waitFor();
  assert.equal(await page.locator("dd").last().getAttribute("dir"), "auto");
  await page.context().close();
});

test("after the browser is closed and its tabs come back, neither form nor code stands on its disk", async () => {
  const profile = mkdtempSync(join(tmpdir(), "chiakhoa-profile-"));
  try {
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      headless: true,
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
      viewport: PHONE,
      locale: "vi-VN",
      baseURL: server.url,
    });
    const page = context.pages()[0] ?? (await context.newPage());
    const opened = await sendCase(page, 67);
    await lookUp(page, opened);
    await page.reload();
    await page.getByText("Tình trạng:").waitFor();
    await context.close();
    const secrets = { code: opened.lookup_code, bare: opened.lookup_code.replaceAll("-", "") };
    let sessions = 0;
    for (const [name, content] of files(profile)) {
      if (/\bSessions\b/.test(name)) sessions += content.length;
      assert.deepEqual(found(content, secrets), [], name);
    }
    assert.ok(sessions > 0, "the tabs are on disk");
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
});
