// Where JavaScript is off or WebAssembly does not run: every page is read, every number called,
// the text message copied by hand, and a line says what does not work.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { launch, open } from "../support/browser.ts";
import { addresses } from "../support/pages.ts";
import { Server } from "../support/server.ts";

let server: Server;
let browser: Browser;
before(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const pages = addresses().filter((path) => !path.endsWith("/ngoai-tuyen"));

async function assertReadable(page: Page, path: string): Promise<void> {
  assert.ok(await page.locator("h1").first().isVisible(), `${path}: a heading`);
  const text = await page.locator("body").innerText();
  assert.ok(text.length > 300, `${path}: ${text.length} letters`);
  const number = page.locator('a[href^="tel:"]').first();
  assert.ok(await number.isVisible(), `${path}: a number to call`);
}

test("with JavaScript off every page is readable and says what does not work", async () => {
  const { page, complaints } = await open(browser, server.url, { javaScriptEnabled: false });
  for (const path of pages) {
    await page.goto(path);
    await assertReadable(page, path);
    const words = path.startsWith("/en") ? /does not run JavaScript/ : /không chạy JavaScript/;
    assert.match(await page.locator("body").innerText(), words, path);
  }
  assert.deepEqual(complaints.filter((complaint) => complaint.startsWith("third party")), []);
  await page.context().close();
});

test("the text message can be copied by hand without JavaScript", async () => {
  const { page } = await open(browser, server.url, { javaScriptEnabled: false });
  for (const path of ["/tin-nhan", "/en/tin-nhan"]) {
    await page.goto(path);
    const message = page.getByText(/BH MK/).filter({ visible: true }).first();
    assert.ok(await message.isVisible(), path);
    assert.match(await page.locator("main").innerText(), /0900 000 000/, path);
  }
  await page.context().close();
});

test("without WebAssembly a polite line says at once what does not work", async () => {
  const { page } = await open(browser, server.url);
  await page.addInitScript(() => Reflect.deleteProperty(globalThis, "WebAssembly"));
  for (const [path, words] of [
    ["/tong-dai", /không chạy được phần tự động/],
    ["/en/tong-dai", /cannot run the automatic part/],
  ] as const) {
    await page.goto(path);
    await page.locator(".net[role=status]").getByText(words).waitFor();
    await assertReadable(page, path);
  }
  await page.context().close();
});

test("where the program never arrives the same line comes after a while, and not before", async () => {
  const { page } = await open(browser, server.url);
  await page.clock.install();
  await page.route("**/*.wasm", (route) => route.abort());
  await page.goto("/an-toan");
  await assertReadable(page, "/an-toan");
  await page.clock.fastForward(6_000);
  await page.waitForSelector(".net[role=status]", { state: "attached" });
  await page.clock.fastForward(1_000);
  assert.equal(await page.locator(".net").innerText(), "");
  await page.clock.fastForward(20_000);
  await page.locator(".net").getByText(/không chạy được phần tự động/).waitFor();
  await page.context().close();
});

test("an in-app browser without service workers, clipboard and sharing shows every page", async () => {
  const { page, complaints } = await open(browser, server.url);
  await page.addInitScript(() => {
    for (const name of ["serviceWorker", "clipboard", "share", "permissions", "connection"]) {
      Reflect.deleteProperty(Navigator.prototype, name);
    }
    Reflect.deleteProperty(globalThis, "caches");
    Reflect.deleteProperty(globalThis, "requestIdleCallback");
  });
  await page.clock.install();
  for (const path of pages) {
    await page.goto(path);
    await page.clock.fastForward(5_000);
    await page.waitForSelector(".net", { state: "attached" });
    await assertReadable(page, path);
  }
  assert.deepEqual(complaints, []);
  await page.context().close();
});
