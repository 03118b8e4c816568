// The whole way at the desk in Chromium with three roles: a citizen without the old phone, an
// officer who verifies, a second one who approves. Then every trace of it is looked for: in the
// database, the log, and everything that the citizen's browser keeps on disk.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { member } from "../support/api.ts";
import { assertAccessible, assertNoSidewaysScroll, hydrated, launch, open, PHONE } from "../support/browser.ts";
import { query } from "../support/database.ts";
import { Issuer, type Opened } from "../support/desk.ts";
import { workerLog } from "../support/log.ts";
import { waitForMail } from "../support/mail.ts";
import { root, Server, until } from "../support/server.ts";
import { TextProvider } from "../support/texts.ts";
import { files, forms, found } from "../support/traces.ts";

/** Seconds: short, but long enough to stop it on a busy machine. */
const COOLING_OFF = 20;
const LAPTOP = { width: 1366, height: 768 };
let provider: TextProvider;
let issuer: Issuer;
let server: Server;
let browser: Browser;
/** What was typed or sent and must stand nowhere in clear, by what it is. */
const secrets: Record<string, string> = {};
const profile = mkdtempSync(join(tmpdir(), "chiakhoa-profile-"));

before(async () => {
  provider = await TextProvider.start();
  issuer = await Issuer.start();
  server = await Server.start({
    sweepSeconds: 1,
    vars: { ...provider.vars, ...issuer.vars(), CAPTCHA_COST: 1, LIMIT_IP_MINUTE: 0, COOLING_OFF },
  });
  browser = await launch();
  mkdirSync(join(root, "tests/out"), { recursive: true });
});
after(async () => {
  await browser?.close();
  await provider.stop();
  await server?.stop();
  issuer?.stop();
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
});

/** Looks at a state: nothing wider than the screen, axe content, and a picture. */
async function look(page: Page, name: string): Promise<void> {
  await assertNoSidewaysScroll(page);
  await assertAccessible(page, name);
  await page.screenshot({ path: join(root, `tests/out/journey-${name}.png`), fullPage: true });
}

/** The citizen's own browser: what it keeps, it keeps on disk. */
async function citizenBrowser(): Promise<BrowserContext> {
  const usual = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
  return chromium.launchPersistentContext(profile, {
    executablePath: usual,
    headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
    viewport: PHONE,
    locale: "vi-VN",
    baseURL: server.url,
  });
}

/** The desk as somebody sees it after signing in. */
async function desk(email: string): Promise<Page> {
  const { page } = await open(browser, server.url, { viewport: LAPTOP });
  const value = await issuer.token(email);
  await page.context().addCookies([{ name: "CF_Authorization", value, url: server.url }]);
  return page;
}

/** Opens a case on the citizen's page; gives its number and code. */
async function openCase(page: Page, typed: Record<string, string>): Promise<Opened> {
  await page.goto("/ho-so");
  for (const [name, value] of Object.entries(typed)) await page.locator(`#${name}`).fill(value);
  await page.locator("#office").selectOption("bhxh-tp-ha-noi");
  await page.getByRole("button", { name: "Gửi hồ sơ" }).click();
  await page.getByText("Đã nhận hồ sơ").waitFor();
  const text = (await page.textContent("main")) ?? "";
  const number = /HS-[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(text)?.[0] ?? "";
  const code = /([0-9A-Z]{4}-){3}[0-9A-Z]{4}/.exec(text.replace(number, ""))?.[0] ?? "";
  assert.ok(number !== "" && code !== "");
  return { case_number: number, lookup_code: code };
}

async function status(page: Page, codes: Opened): Promise<string> {
  await page.goto("/ho-so");
  await page.locator("#case_number").fill(codes.case_number);
  await page.locator("#lookup_code").fill(codes.lookup_code);
  await page.getByRole("button", { name: "Xem hồ sơ" }).click();
  await page.getByText("Tình trạng:").waitFor();
  return (await page.textContent("main")) ?? "";
}

async function toCase(page: Page, sought: string, number: string): Promise<void> {
  await page.goto("/ban-lam-viec");
  await page.keyboard.press("/");
  await page.keyboard.type(sought);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/tim$/);
  await page.getByRole("link", { name: number }).click();
  await page.waitForURL(/\/ho-so\//);
}

/** Submits a form of the case's page and waits for the page that shows it. */
async function submit(page: Page, name: string): Promise<void> {
  const version = () => page.locator("[name=version]").first().inputValue();
  const earlier = await version();
  await page.getByRole("button", { name, exact: true }).click();
  await until("the case as saved", async () => ((await version()) === earlier ? undefined : true));
  await page.waitForLoadState();
}

/** The officer asks, verifies and proposes; somebody else approves. */
async function decide(codes: Opened, sought: string): Promise<Page> {
  const officer = await desk("can-bo-2@example.vn");
  await toCase(officer, sought, codes.case_number);
  await submit(officer, "Nhận hồ sơ");
  await officer.locator("#text-note").fill(secrets["note of the officer"] ?? "");
  await submit(officer, "Ghi chú");
  await officer.locator("#text-ask").fill(secrets["question of the office"] ?? "");
  await submit(officer, "Gửi cho người dân");
  await officer.locator("#check").selectOption("in-person");
  await submit(officer, "Ghi nhận");
  await look(officer, `${codes.case_number}-verified`.replaceAll(/[^a-z-]/gi, ""));
  await submit(officer, "Đề nghị đổi liên lạc");
  const second = await desk("giam-sat@example.vn");
  await toCase(second, codes.case_number, codes.case_number);
  await submit(second, "Duyệt đổi liên lạc");
  await second.getByText("Thời gian chờ").first().waitFor();
  return second;
}

const linkIn = (text: string, path: string): string => {
  const link = new RegExp(`\\S*${path}#\\S+`).exec(text)?.[0];
  assert.ok(link, `no ${path} in: ${text}`);
  return link.replace(/^https?:\/\/[^/]+/, server.url);
};

test("a changed phone: verified, approved twice, cooled off; the text at the new phone and the look-up code lead to a new password", async () => {
  const { identifier, email, phone: old } = member(81);
  Object.assign(secrets, {
    "name": "Hoàng Yến Canari Thử",
    "birth date": "1979-08-07",
    "new phone": "0900812345",
    "message": "mất máy ở bến xe canari",
    "message later": "chim hoàng yến nhắn thêm",
    "note of the officer": "ghi chú canari nội bộ đỏ",
    "question of the office": "hỏi lại về tổ chim yến",
    "new password": "canari bay qua chín ngọn đồi",
  });
  const context = await citizenBrowser();
  const page = context.pages()[0] ?? (await context.newPage());
  const codes = await openCase(page, {
    name: secrets["name"] ?? "",
    birth_date: secrets["birth date"] ?? "",
    identifier,
    phone: "0900 812 345",
    email: "",
    message: secrets["message"] ?? "",
  });
  secrets["look-up code"] = codes.lookup_code;
  secrets["look-up code, bare"] = codes.lookup_code.replaceAll("-", "");
  await look(page, "opened");

  const second = await decide(codes, "0900 812 345");
  await look(second, "cooling-off");
  const waiting = await status(page, codes);
  assert.ok(waiting.includes(secrets["question of the office"] ?? ""));
  await look(page, "waiting");
  await page.locator("textarea").fill(secrets["message later"] ?? "");
  await page.getByRole("button", { name: "Nhắn thêm cho cơ quan" }).click();
  await page.getByText(secrets["message later"] ?? "").waitFor();

  // Both old contacts are told; what they hold is no way in.
  secrets["stop link"] = linkIn((await waitForMail(server, email)).text, "/khong-phai-toi").split("#")[1] ?? "";
  await until("the text to the old phone", () => provider.to(old)[0]);
  assert.deepEqual(provider.to("0900812345"), [], "nothing before the cooling-off is over");

  const text = await until("the text to the new phone", () => provider.to("0900812345")[0], 60_000);
  const link = linkIn(text, "/ho-so");
  secrets["link"] = link.split("#")[1] ?? "";
  await page.goto(link);
  await page.getByText("Bạn đến từ đường dẫn cán bộ gửi.").waitFor();
  assert.ok(!page.url().includes("#"), "the secret left the address");
  await look(page, "continue");
  const code = page.getByLabel("Mã tra cứu").first();
  await code.fill("0000-0000-0000-0000");
  await page.getByRole("button", { name: "Đặt mật khẩu mới" }).click();
  await page.locator(".error-summary, [role=alert]").first().waitFor();
  await page.goto(link);
  await code.fill(codes.lookup_code.toLowerCase());
  await page.getByRole("button", { name: "Đặt mật khẩu mới" }).click();
  await page.getByLabel("Mật khẩu mới").fill(secrets["new password"] ?? "");
  await look(page, "password");
  await page.getByRole("button", { name: "Đặt mật khẩu" }).click();
  await page.getByText("Đã đặt mật khẩu mới.").waitFor();
  await look(page, "done");

  await page.goto("/dang-nhap");
  await hydrated(page);
  await page.locator("#identifier").fill(identifier);
  await page.locator("#password").fill(secrets["new password"] ?? "");
  await page.getByRole("button", { name: "Đăng nhập", exact: true }).click();
  await page.waitForURL(`${server.url}/tai-khoan`);
  await page.locator(".history").waitFor();
  await look(page, "signed-in");
  secrets["session"] = (await context.cookies()).find(({ name }) => name === "__Host-session")?.value ?? "";
  assert.ok(secrets["session"].length > 20);
  await page.getByRole("button", { name: "Đăng xuất" }).click();
  await page.getByText("Đã đăng xuất.").waitFor();

  const stored = await page.evaluate(async () => {
    const caches_ = await Promise.all(
      (await caches.keys()).map(async (name) => {
        const cache = await caches.open(name);
        const kept = (await cache.keys()).map(async (request) => {
          const answer = await cache.match(request);
          return `${request.url} ${await answer?.text()}`;
        });
        return (await Promise.all(kept)).join("\n");
      }),
    );
    const databases = await indexedDB.databases();
    return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, caches_, databases, document.cookie]);
  });
  assert.deepEqual(found(Buffer.from(stored), secrets), []);
  await context.close();
});

test("a changed phone and email: the old address stops it within the cooling-off, and the case is disputed", async () => {
  const { identifier, email } = member(82);
  Object.assign(secrets, { "second phone": "0900823456", "second email": "canari.moi@example.vn" });
  const { page } = await open(browser, server.url, { colorScheme: "dark" });
  const codes = await openCase(page, {
    name: "Thành Viên Thử 82",
    birth_date: "1980",
    identifier,
    phone: secrets["second phone"] ?? "",
    email: secrets["second email"] ?? "",
    message: "",
  });
  const second = await decide(codes, secrets["second email"] ?? "");
  const stop = linkIn((await waitForMail(server, email)).text, "/khong-phai-toi");
  await page.goto(stop);
  await hydrated(page);
  await look(page, "stop-dark");
  await page.getByRole("button", { name: "Không phải tôi, hãy chặn lại", exact: true }).click();
  await page.getByText("Đã chặn").first().waitFor();
  await look(page, "stopped-dark");

  await second.reload();
  await second.getByText("Bị dừng").first().waitFor();
  await look(second, "disputed");
  const [row] = query(server, "SELECT disputed_at, cooling_until FROM desk_case WHERE number = ?", codes.case_number);
  assert.equal(row?.["cooling_until"], null);
  await until("the end of what would have been the cooling-off", () =>
    Date.now() / 1_000 > Number(row?.["disputed_at"]) + COOLING_OFF + 3 ? true : undefined,
    60_000,
  );
  await server.sweep();
  assert.deepEqual(provider.to(secrets["second phone"] ?? ""), []);
  const record = query(server, "SELECT value FROM member_contact WHERE member = 'tv82' AND former_at IS NULL");
  assert.ok(record.some(({ value }) => value === email), "the record is as it was");
  await status(page, codes);
  await page.getByText("Địa chỉ cũ đã yêu cầu dừng", { exact: false }).or(page.locator("main")).first().waitFor();
  await look(page, "status-disputed-dark");
});

test("afterwards nothing of it stands in clear in the database, the log, or what the browser keeps on disk", async (t) => {
  // The account store holds the agency's own record, new contacts of the first case included.
  const tables = query(server, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'");
  let rows = 0;
  const own = { ...member(81), ...Object.fromEntries(Object.entries(member(82)).map(([name, value]) => [`${name} 82`, value])) };
  for (const { name } of tables) {
    const table = String(name);
    const all = query(server, `SELECT * FROM "${table}"`);
    rows += all.length;
    if (table.startsWith("member")) continue;
    const dump = Buffer.from(JSON.stringify(all));
    assert.deepEqual(found(dump, { ...secrets, ...own }), [], `table ${table}`);
  }
  // Pages of the file that are free again count too; but for the new phone, which is on record now.
  const { "new phone": _, ...never } = secrets;
  let bytes = 0;
  for (const [name, content] of files(join(server.state, "data/v3/d1"))) {
    bytes += content.length;
    assert.deepEqual(found(content, never), [], name);
  }
  // The Workers' own lines: beside them wrangler prints the mails that it holds back.
  const log = workerLog(server).join("\n");
  assert.ok(log.includes("/ban-lam-viec/ho-so/{case}") && log.includes("/ho-so/gui"), "it is the log of both");
  assert.deepEqual(found(Buffer.from(log), { ...secrets, ...own }), [], "the log");

  // Chromium notes the address that it was given beside the page's icon, whatever the page does
  // with it: of no use without the look-up code, and spent by now.
  const { link: __, ...rest } = secrets;
  // What the browser's own autofill and password manager remember of a form is between them and the
  // person, and its tokens are asked for (WCAG 1.3.5); codes, links and messages are none of it.
  const isAutofill = (name: string) => /\b(?:Login|Web) Data/.test(name);
  const filled = /^(?:name|birth date|identifier|(?:new |second )?(?:phone|email))(?: 82)?$/;
  const neverFilled = Object.fromEntries(Object.entries(rest).filter(([name]) => !filled.test(name)));
  assert.ok("look-up code" in neverFilled && "new password" in neverFilled && "message" in neverFilled);
  let kept = 0;
  for (const [name, content] of files(profile)) {
    kept += 1;
    // Tabs as they were left, forms that were sent included, until the browser is closed for good.
    if (/\bSessions\b/.test(name)) continue;
    assert.deepEqual(found(content, isAutofill(name) ? neverFilled : { ...rest, ...own }), [], `the browser's ${name}`);
  }
  assert.ok(kept > 20 && bytes > 100_000, `${kept} files`);
  const values = Object.keys(secrets).length + Object.keys(own).length;
  const shapes = Object.values(secrets).reduce((sum, value) => sum + forms(value).length, 0);
  t.diagnostic(
    `${values} values in ${shapes} forms; ${tables.length} tables with ${rows} rows, ${bytes} bytes of database, ` +
      `${log.length} characters of log, ${kept} files of the browser's profile`,
  );
});
