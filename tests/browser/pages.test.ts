// Every page that the build made, whichever they are: after WebAssembly has come its main control
// works; before, what is typed is kept, and a form sent too early waits and is sent then.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { assertQuiet, hydrated, launch, open } from "../support/browser.ts";
import { SMALL } from "../support/citizen.ts";
import { addresses } from "../support/pages.ts";
import { Server } from "../support/server.ts";

/** Shown where there is no network, without WebAssembly: offline.test.ts looks at it. */
const pages = addresses().filter((path) => !path.endsWith("/ngoai-tuyen"));
/** How long WebAssembly takes to come, ms: a slow network. */
const DELAY = 5_000;

let server: Server;
let browser: Browser;
before(async () => {
  const vars = { CAPTCHA_COST: 1, LIMIT_IP_MINUTE: 0 };
  [server, browser] = await Promise.all([Server.start({ vars }), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Runs the check on every page in a context of its own, and reports all failures at once. */
async function everywhere(check: (page: Page, path: string) => Promise<void>, paths = pages): Promise<void> {
  assert.ok(paths.length > 0);
  const wrong: string[] = [];
  for (const path of paths) {
    const watched = await open(browser, server.url, SMALL);
    watched.page.setDefaultTimeout(15_000);
    try {
      await check(watched.page, path);
      assertQuiet(watched);
    } catch (error) {
      wrong.push(`${path}: ${(error as Error).message}`);
    }
    await watched.page.context().close();
  }
  assert.deepEqual(wrong, []);
}

const FIELDS = "main input:not([type=hidden]):not([readonly]):not([type=checkbox]):not([type=radio]), main textarea";

/** The pages with something to type into, as the build machine drew them. */
async function withFields(): Promise<string[]> {
  const { page } = await open(browser, server.url, { ...SMALL, javaScriptEnabled: false });
  const found: string[] = [];
  for (const path of pages) {
    await page.goto(path);
    if ((await page.locator(FIELDS).filter({ visible: true }).count()) > 0) found.push(path);
  }
  await page.context().close();
  return found;
}

/** What a person could type into a field: of the field's own kind, and wrong for none. */
const sample = (name: string) => (/mail/.test(name) ? "tv1@example.vn" : "9000000001");

test("each page's links lead on without loading anew, and back again", () =>
  everywhere(async (page, path) => {
    await page.goto(path);
    await hydrated(page);
    await page.evaluate(() => Object.assign(globalThis, { sameDocument: true }));
    const link = page.locator('main a[href^="/"], footer a[href^="/"], header a[href^="/"]').filter({ visible: true });
    const hrefs = await link.evaluateAll((links) => links.map((one) => (one as HTMLAnchorElement).pathname));
    const target = hrefs.findIndex((href) => href !== new URL(page.url()).pathname);
    assert.ok(target >= 0, "no link to follow");
    const heading = await page.locator("h1").innerText();
    await link.nth(target).tap();
    await page.waitForURL(`${server.url}${hrefs[target]}`);
    await page.waitForFunction((before) => document.querySelector("h1")?.textContent !== before, heading);
    assert.ok((await page.title()).startsWith(await page.locator("h1").innerText()), "the title follows");
    const same = await page.evaluate(() => (globalThis as { sameDocument?: boolean }).sameDocument);
    assert.equal(same, true, "the page was loaded anew");
    await page.goBack();
    await page.getByRole("heading", { level: 1, name: heading, exact: true }).waitFor();
  }));

test("each page's main control does something", () =>
  everywhere(async (page, path) => {
    await page.goto(path);
    await hydrated(page);
    // In the order of weight: a form, a button, a fold, a link.
    const form = page.locator("main form button[type=submit]").filter({ visible: true });
    const button = page.locator("main button").filter({ visible: true });
    const fold = page.locator("main details > summary").filter({ visible: true });
    if ((await form.count()) > 0) {
      await form.first().tap();
      await page.locator('.error-summary, [role="status"]:not(:empty), [aria-live]:not(:empty), h1[tabindex]:focus').first().waitFor();
      assert.equal(new URL(page.url()).pathname, path, "an empty form stays");
      assert.equal(new URL(page.url()).search, "");
    } else if ((await button.count()) > 0) {
      await button.first().tap();
    } else if ((await fold.count()) > 0) {
      await fold.first().tap();
      assert.equal(await fold.first().evaluate((it) => (it.parentElement as HTMLDetailsElement).open), true);
    } else {
      assert.ok((await page.locator("main a").count()) > 0, "nothing to do on this page");
    }
  }));

test("typing before WebAssembly is there loses nothing and changes no address", async () => {
  await everywhere(async (page, path) => {
    let come = () => {};
    const held = new Promise<void>((resolve) => (come = resolve));
    await page.route("**/*.wasm", (route) => held.then(() => route.continue()));
    await page.goto(path, { waitUntil: "domcontentloaded" });
    const fields = page.locator(FIELDS).filter({ visible: true });
    const typed: string[] = [];
    for (const field of await fields.all()) {
      const text = sample((await field.getAttribute("name")) ?? (await field.getAttribute("type")) ?? "");
      await field.tap();
      await field.pressSequentially(text);
      typed.push(text);
    }
    assert.equal(await page.evaluate(() => Boolean((globalThis as { chiakhoa?: { ready: boolean } }).chiakhoa?.ready)), false);
    setTimeout(come, DELAY);
    await hydrated(page);
    const values = await fields.evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value));
    assert.deepEqual(values, typed);
    assert.equal(page.url(), server.url + path);
  }, await withFields());
});

test("a form sent before WebAssembly is there is held, and sent once it has come", async () => {
  const { page } = await open(browser, server.url, { ...SMALL, javaScriptEnabled: false });
  const forms: string[] = [];
  for (const path of pages) {
    await page.goto(path);
    if ((await page.locator("main form[data-app] button[type=submit]").filter({ visible: true }).count()) > 0) forms.push(path);
  }
  await page.context().close();
  await everywhere(async (page, path) => {
    let come = () => {};
    const held = new Promise<void>((resolve) => (come = resolve));
    await page.route("**/*.wasm", (route) => held.then(() => route.continue()));
    const documents: string[] = [];
    page.on("request", (request) => {
      if (request.isNavigationRequest()) documents.push(`${request.method()} ${new URL(request.url()).pathname}`);
    });
    await page.goto(path, { waitUntil: "domcontentloaded" });
    await page.locator("main form[data-app] button[type=submit]").filter({ visible: true }).first().tap();
    await page.locator("[data-wait-note]").filter({ visible: true }).first().waitFor();
    assert.equal(page.url(), server.url + path);
    setTimeout(come, DELAY);
    await hydrated(page);
    await page.locator("[data-wait-note]").filter({ visible: true }).first().waitFor({ state: "detached" }).catch(() => {});
    await page.locator('.error-summary, [role="status"]:not(:empty):not([data-wait-note]), h1[tabindex]:focus').first().waitFor();
    assert.deepEqual(documents, [`GET ${path}`], "no form was posted by itself");
    assert.equal(page.url(), server.url + path);
  }, forms);
});

test("a whole form typed and sent before WebAssembly is there goes through, with nothing in an address", async () => {
  for (const prefix of ["", "/en"]) {
    const { page } = await open(browser, server.url, SMALL);
    let come = () => {};
    const held = new Promise<void>((resolve) => (come = resolve));
    await page.route("**/*.wasm", (route) => held.then(() => route.continue()));
    const seen: string[] = [];
    page.on("request", (request) => seen.push(request.url()));
    await page.goto(`${prefix}/email`, { waitUntil: "domcontentloaded" });
    await page.locator("#identifier").pressSequentially("9000000771");
    await page.locator("#email").pressSequentially("tv771@example.vn");
    await page.keyboard.press("Enter");
    await page.locator("[data-wait-note]").filter({ visible: true }).waitFor();
    setTimeout(come, DELAY);
    await page.locator("#code").waitFor();
    assert.deepEqual(seen.filter((url) => /9000000771|tv771/.test(url)), []);
    await page.context().close();
  }
});
