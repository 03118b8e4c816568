// States beside a page as it is opened: a name, the page, how to get there.
import { secretsIn, waitForMail } from "../support/mail.ts";

const submit = (page) => page.locator("main form button[type=submit]").first().click();
const unfold = (page) => page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));

/** Members of this file; each state has one of its own, because limits count per member. */
let next = 900;

/** As far as the page that asks for the code. */
async function asked(page) {
  const k = next++;
  await page.locator("#identifier").fill(String(9_000_000_000 + k));
  await page.locator("#email").fill(`tv${k}@example.vn`);
  await submit(page);
  await page.locator("#code").waitFor({ timeout: 120_000 });
  return `tv${k}@example.vn`;
}

/** As far as the text that is to be sent; who would send it, and what. */
async function composed(page) {
  const k = next++;
  await page.locator("#identifier").fill(String(9_000_000_000 + k));
  await submit(page);
  const message = page.locator("#noi-dung-tin");
  await message.waitFor({ timeout: 120_000 });
  return { from: `0${900_000_000 + k}`, text: await message.innerText() };
}

/** As far as the page that asks for a new password. */
async function coded(page, server) {
  const { text } = await waitForMail(server, await asked(page));
  await page.locator("#code").fill(secretsIn(text).code);
  await submit(page);
  await page.locator("#password").waitFor();
}

const both = (path) => [path, `/en${path === "/" ? "" : path}`];
const state = (name, path, reach, options) => both(path).map((path) => ({ name, path, reach, options }));

export const STATES = [
  ...state("cases open", "/", unfold),
  ...state("keyboard focus", "/", async (page) => {
    for (let i = 0; i < 5; i += 1) await page.keyboard.press("Tab");
  }),
  ...state("composed", "/tin-nhan", composed),
  ...state("the text has come", "/tin-nhan", async (page, server) => {
    const { from, text } = await composed(page);
    const body = JSON.stringify({ from, text });
    await fetch(`${await server.phone()}/send`, { method: "POST", body });
    await page.locator("#code").waitFor({ timeout: 60_000 });
  }),
  ...state("wrong number", "/tin-nhan", async (page) => {
    await page.locator("#identifier").fill("90000");
    await submit(page);
    await page.locator(".error-summary").waitFor();
  }),
  ...state("a code that is none", "/tin-nhan", async (page) => {
    await page.locator("#text-code").fill("ABCD");
    await page.locator("#text-code").press("Enter");
    await page.locator(".error-summary").waitFor();
  }),
  ...state("open", "/tong-dai", unfold),
  ...state("open", "/vneid", unfold),
  ...state("open", "/an-toan", unfold),
  ...state("letter filled", "/van-phong", async (page) => {
    for (const [id, text] of [["ten", "Người Thử Nghiệm"], ["so", "9000000001"], ["dien-thoai", "0900 000 001"], ["email", "tv1@example.vn"]]) {
      await page.locator(`#thu-${id}`).fill(text);
    }
    await page.locator("#mat-so").check();
    await unfold(page);
  }),
  ...state("printed", "/van-phong", async (page) => page.emulateMedia({ media: "print" })),
  ...state("nothing typed", "/email", submit),
  ...state("wrong form", "/email", async (page) => {
    await page.locator("#identifier").fill("12345");
    await page.locator("#email").fill("không phải email");
    await submit(page);
  }),
  ...state("the code is asked for", "/email", asked),
  ...state("a wrong code", "/email", async (page) => {
    await asked(page);
    await page.locator("#code").fill("0000-0000");
    await submit(page);
    await page.locator("#code[aria-invalid=true], .field[data-invalid]").first().waitFor();
  }),
  ...state("a new password", "/email", coded),
  ...state("a password that many use", "/email", async (page, server) => {
    await coded(page, server);
    await page.locator("#password").fill("12345678");
    await submit(page);
    await page.locator(".error-summary").waitFor();
  }),
  ...state("done", "/email", async (page, server) => {
    await coded(page, server);
    await page.locator("#password").fill("bảy ngọn núi xanh bên sông");
    await submit(page);
    await page.locator("#password").waitFor({ state: "detached", timeout: 60_000 });
  }),
  ...state("wrong password", "/dang-nhap", async (page) => {
    await page.locator("#identifier").fill("9000000003");
    await page.locator("#password").fill("không phải mật khẩu này");
    await submit(page);
    await page.locator(".error-summary").waitFor({ timeout: 60_000 });
  }),
  ...state("no network", "/an-toan", async (page) => {
    // What tells of it comes some seconds after everything else.
    await page.locator(".net").waitFor({ state: "attached", timeout: 60_000 });
    await page.context().setOffline(true);
    await page.locator(".net .banner").waitFor();
  }),
  ...state("no JavaScript", "/tin-nhan", undefined, { javaScriptEnabled: false }),
  ...state("no JavaScript", "/email", undefined, { javaScriptEnabled: false }),
  ...state("forced colours", "/", async (page) => page.emulateMedia({ forcedColors: "active" })),
  ...state("forced colours", "/email", async (page) => {
    await page.emulateMedia({ forcedColors: "active" });
    await submit(page);
  }),
  ...state("strong contrast", "/", async (page) => page.emulateMedia({ contrast: "more" })),
];

/** Those of a guide, which has other pages for text message and email. */
export const GUIDE_STATES = [
  ...state("cases open", "/", unfold),
  ...state("open", "/email", unfold),
  ...state("open", "/tong-dai", unfold),
  ...state("open", "/tin-nhan", unfold),
  ...state("number typed", "/tin-nhan", async (page) => page.locator("#ma-so").fill("9000000001")),
  ...state("wrong number", "/tin-nhan", async (page) => {
    await page.locator("#ma-so").fill("90000");
    await page.locator("#ma-so").blur();
    await page.locator('[data-when="wrong"]').waitFor();
  }),
  ...state("number of the citizen card", "/tin-nhan", async (page) => {
    await page.locator("#ma-so").fill("079000000001");
    await page.locator('[data-when="citizen"]').waitFor();
  }),
  ...state("no JavaScript", "/tin-nhan", undefined, { javaScriptEnabled: false }),
  ...state("printed", "/tin-nhan", async (page) => page.emulateMedia({ media: "print" })),
];
