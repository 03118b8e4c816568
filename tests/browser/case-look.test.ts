// Every state of the case pages, in both languages, light and dark, on a narrow phone, with long
// words and text of twice the size: axe finds nothing, nothing is wider than the screen.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { captcha } from "../support/captcha.ts";
import { assertAccessible, assertNoSidewaysScroll, launch, open } from "../support/browser.ts";
import { Issuer, Officer, OFFICE, openCase, type Opened } from "../support/desk.ts";
import { waitForMail } from "../support/mail.ts";
import { root, Server } from "../support/server.ts";

const LONG = "Nguyễnhoàngthịthanhphươngkhôngnghỉ".repeat(2);

let issuer: Issuer;
let server: Server;
let browser: Browser;
before(async () => {
  issuer = await Issuer.start();
  server = await Server.start({
    sweepSeconds: 1,
    vars: { ...issuer.vars(), CAPTCHA_COST: 1, LIMIT_IP_MINUTE: 0, LIMIT_CASE_DAY: 0, COOLING_OFF: 1 },
  });
  browser = await launch();
  mkdirSync(join(root, "tests/out"), { recursive: true });
});
after(async () => {
  await browser?.close();
  await server?.stop();
  issuer?.stop();
});

/** Sends a form as a page of these would. */
async function post(page: Page, path: string, fields: Record<string, string>): Promise<void> {
  await page.goto(path.startsWith("/en") ? "/en/ho-so" : "/ho-so");
  await Promise.all([
    page.waitForNavigation(),
    page.evaluate(
      ([action, values]) => {
        const form = Object.assign(document.createElement("form"), { method: "post", action });
        for (const [name, value] of Object.entries(values)) {
          form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
        }
        document.body.append(form);
        form.submit();
      },
      [path, fields] as const,
    ),
  ]);
}

/** Looks at a state: axe in both schemes, no sideways scroll at 320 px and with large text. */
async function look(page: Page, name: string): Promise<void> {
  const lang = await page.evaluate(() => document.documentElement.lang);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await assertAccessible(page, `${name}, ${lang}, ${colorScheme}`);
    await page.screenshot({ path: join(root, `tests/out/case-${name}-${lang}-${colorScheme}.png`), fullPage: true });
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 320, height: 640 });
  await assertNoSidewaysScroll(page);
  await page.evaluate(() => {
    document.documentElement.style.fontSize = "200%";
  });
  await assertNoSidewaysScroll(page);
  await page.setViewportSize({ width: 360, height: 740 });
}

const stated = (k: number) => ({
  name: `Thành Viên ${LONG}`,
  birth_date: "28/02/1980",
  identifier: String(9_000_000_000 + k),
  phone: "0900 000 000",
  email: "",
  office: OFFICE,
  message: `${LONG}\nمرحبا ${LONG}`,
});

for (const base of ["/ho-so", "/en/ho-so"]) {
  const k = base === "/ho-so" ? 75 : 76;
  test(`opening a case, in every state (${base})`, async () => {
    const { page } = await open(browser, server.url, { reducedMotion: "reduce" });
    await page.goto(base);
    await look(page, "start");
    for (const [name, place] of [["found", "cau giay"], ["unsure", "cau giy"], ["unknown", "cần thơ"]] as const) {
      await post(page, `${base}/tim`, { ...stated(k), office: "", place });
      assert.equal(await page.locator("#name").inputValue(), stated(k).name);
      await look(page, name);
    }
    await page.goto(`${base}?office=ha-noi-dong-da`);
    await look(page, "taker");
    await page.goto(`${base}?office=bhxh-tp-can-tho`);
    await look(page, "no-taker");
    await post(page, `${base}/gui`, { ...stated(k), office: "", birth_date: "30/02/1980", phone: "" });
    await look(page, "errors");
    await post(page, `${base}/gui`, { ...stated(k), captcha: await captcha(server.url, "case") });
    await page.waitForURL(`**${base}/da-nhan`);
    await page.locator("[data-picture]").click();
    await page.locator(".receipt-picture").waitFor();
    await look(page, "receipt");
    await page.context().clearCookies();
    await page.goto(`${base}/da-nhan`);
    await look(page, "gone");
    await post(page, `${base}/xem`, { case_number: "HS-0000-0000", lookup_code: "0000" });
    await look(page, "not-found");
    await post(page, `${base}/tiep`, { token: "x", lookup_code: "0000" });
    assert.equal(await page.locator("main button").count(), 0, "a link that is over has no button");
    await look(page, "link-over");
    await page.context().close();
  });

  test(`a case, in every state (${base})`, async () => {
    const { page } = await open(browser, server.url, { reducedMotion: "reduce" });
    const first = new Officer(server.url, issuer, "can-bo-2@example.vn");
    const second = new Officer(server.url, issuer, "giam-sat@example.vn");
    const begin = async (n: number, more: Record<string, string> = {}): Promise<Opened> => (await openCase(server.url, n, more)).body;
    const show = async (codes: Opened, name: string) => {
      await post(page, `${base}/xem`, { ...codes });
      await page.getByRole("heading", { name: codes.case_number }).waitFor();
      await look(page, name);
    };
    const codes = await begin(k + 2, { message: LONG });
    await show(codes, "received");
    await post(page, `${base}/nhan`, { ...codes, text: `${LONG}\nمرحبا` });
    await look(page, "message-sent");
    await post(page, `${base}/nhan`, { ...codes, text: "" });
    await look(page, "message-empty");
    await first.act(codes.case_number, "take");
    await show(codes, "in-review");
    await first.act(codes.case_number, "ask", { text: LONG });
    await show(codes, "waiting");
    await post(page, `${base}/rut`, { ...codes });
    await look(page, "withdrawn");

    const email = `moi${k}@example.vn`;
    const changed = await begin(k + 4, { phone: "", email });
    for (const [officer, act, more] of [[first, "check", { check: "in-person" }], [first, "propose", {}]] as const) {
      assert.equal((await officer.act(changed.case_number, act, more)).status, 200, act);
    }
    await show(changed, "second-approval");
    assert.equal((await second.act(changed.case_number, "confirm")).status, 200);
    const mail = await waitForMail(server, email);
    await show(changed, "approved");
    const token = /\/ho-so#(\S+)/.exec(mail.text)?.[1] ?? "";
    await page.goto(`${base}#${token}`);
    await page.locator("[data-token]").waitFor({ state: "attached" });
    await page.waitForFunction(() => location.hash === "");
    await look(page, "continue");
    await post(page, `${base}/tiep`, { token, lookup_code: "0000-0000-0000-0000" });
    assert.equal(await page.locator("[data-token]").inputValue(), token, "the link is kept beside a wrong code");
    await look(page, "continue-wrong");
    await post(page, `${base}/tiep`, { token, lookup_code: changed.lookup_code });
    await look(page, "password");
    const ticket = await page.locator("[name=ticket]").inputValue();
    await post(page, `${base}/mat-khau`, { ticket, password: "cây đa đầu làng 47" });
    await page.waitForURL(`**${base}/da-dat`);
    await page.reload();
    await look(page, "password-set");
    await page.context().close();
  });
}

test("the form is filled, the office found and the receipt kept by keyboard alone; the page is left as it was by a search", async () => {
  const { page } = await open(browser, server.url, { reducedMotion: "reduce" });
  const posts: string[] = [];
  page.on("request", (request) => request.method() === "POST" && posts.push(request.postData() ?? ""));
  await page.goto("/ho-so");
  const fields = stated(79);
  const type = async (text: string) => {
    await page.keyboard.type(text);
    await page.keyboard.press("Tab");
  };
  await page.locator("#name").focus();
  for (const text of [fields.name, "1980", fields.identifier, fields.phone, ""]) await type(text);
  await page.keyboard.type("cau giy");
  await page.keyboard.press("Enter");
  await page.getByText("Không có tên nào khớp hẳn").waitFor();
  assert.equal(posts.length, 1);
  assert.ok(!decodeURIComponent(posts[0] ?? "").includes("Thành"), "a search sends what was searched for and nothing of the person");
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("role")), "status");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByText("Đã chọn:").waitFor();
  assert.equal(await page.locator("#office").inputValue(), OFFICE);
  assert.equal(await page.locator("#name").inputValue(), fields.name);
  assert.equal(new URL(page.url()).pathname, "/ho-so");
  await page.locator("#email").focus();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/ho-so/da-nhan");
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator("[data-picture]").press("Enter")]);
  assert.equal(download.suggestedFilename(), "ho-so.png");
  await page.getByText("Nếu ảnh chưa tự lưu").waitFor();
  await page.context().close();
});
