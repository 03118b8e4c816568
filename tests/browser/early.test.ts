// Every page that the build made, before WebAssembly has come, which waits here until all is typed and
// pressed, and a while longer: what is typed is kept, the address stays, and a form sent too early waits and is sent then.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { assertQuiet, hydrated, launch, open } from "../support/browser.ts";
import { SMALL } from "../support/citizen.ts";
import { addresses } from "../support/pages.ts";
import { Server } from "../support/server.ts";

const pages = addresses().filter((path) => !path.endsWith("/ngoai-tuyen"));
/** How long WebAssembly still takes to come once all is typed and pressed, ms. */
const DELAY = 500;
/** Pages at once: most of the time all of them wait. */
const TOGETHER = 3;

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

/** Runs the check on every page in a context of its own, a few at once; reports all failures. */
async function everywhere(paths: string[], check: (page: Page, path: string) => Promise<void>): Promise<void> {
  assert.ok(paths.length > 0);
  const wrong: string[] = [];
  const left = [...paths];
  const work = async () => {
    for (let path = left.shift(); path !== undefined; path = left.shift()) {
      const watched = await open(browser, server.url, SMALL);
      try {
        await check(watched.page, path);
        assertQuiet(watched);
      } catch (error) {
        wrong.push(`${path}: ${(error as Error).message}`);
      }
      await watched.page.context().close();
    }
  };
  await Promise.all(Array.from({ length: TOGETHER }, work));
  assert.deepEqual(wrong, []);
}

/** The pages on which the build machine drew something visible that matches. */
async function pagesWith(selector: string): Promise<string[]> {
  const { page } = await open(browser, server.url, { ...SMALL, javaScriptEnabled: false });
  const found: string[] = [];
  for (const path of pages) {
    await page.goto(path);
    if ((await page.locator(selector).filter({ visible: true }).count()) > 0) found.push(path);
  }
  await page.context().close();
  return found;
}

/** Opens a page whose WebAssembly waits; the answer lets it come. */
async function early(page: Page, path: string): Promise<() => void> {
  let come = () => {};
  const held = new Promise<void>((resolve) => (come = resolve));
  await page.route("**/*.wasm", (route) => held.then(() => route.continue()));
  await page.goto(path, { waitUntil: "domcontentloaded" });
  return () => void setTimeout(come, DELAY);
}

const isReady = (page: Page) =>
  page.evaluate(() => Boolean((globalThis as { chiakhoa?: { ready: boolean } }).chiakhoa?.ready));

const FIELDS = "main input:not([type=hidden]):not([readonly]):not([type=checkbox]):not([type=radio]), main textarea";

/** What a person could type into a field: of the field's own kind, and wrong for none. */
const sample = (name: string) => (/mail/.test(name) ? "tv1@example.vn" : "9000000001");

test("typing before WebAssembly is there loses nothing and changes no address", async () => {
  await everywhere(await pagesWith(FIELDS), async (page, path) => {
    const come = await early(page, path);
    const fields = page.locator(FIELDS).filter({ visible: true });
    const typed: string[] = [];
    for (const field of await fields.all()) {
      const text = sample((await field.getAttribute("name")) ?? (await field.getAttribute("type")) ?? "");
      await field.tap();
      await field.pressSequentially(text);
      typed.push(text);
    }
    assert.equal(await isReady(page), false);
    come();
    await hydrated(page);
    const values = await fields.evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value));
    assert.deepEqual(values, typed);
    assert.equal(page.url(), server.url + path);
  });
});

test("a form sent before WebAssembly is there is held, and sent once it has come", async () => {
  const button = "main form[data-app] button[type=submit]";
  await everywhere(await pagesWith(button), async (page, path) => {
    const documents: string[] = [];
    page.on("request", (request) => {
      if (request.isNavigationRequest()) documents.push(`${request.method()} ${new URL(request.url()).pathname}`);
    });
    const come = await early(page, path);
    await page.locator(button).filter({ visible: true }).first().tap();
    await page.locator("[data-wait-note]").filter({ visible: true }).first().waitFor();
    assert.equal(page.url(), server.url + path);
    come();
    await hydrated(page);
    await page.locator('.error-summary, [role="status"]:not(:empty):not([data-wait-note]), h1[tabindex]:focus').first().waitFor();
    assert.deepEqual(documents, [`GET ${path}`], "no form was posted by itself");
    assert.equal(page.url(), server.url + path);
  });
});

test("a whole form typed and sent before WebAssembly is there goes through, with nothing in an address", async () => {
  for (const prefix of ["", "/en"]) {
    const { page } = await open(browser, server.url, SMALL);
    const seen: string[] = [];
    page.on("request", (request) => seen.push(request.url()));
    const come = await early(page, `${prefix}/email`);
    await page.locator("#identifier").pressSequentially("9000000771");
    await page.locator("#email").pressSequentially("tv771@example.vn");
    await page.keyboard.press("Enter");
    await page.locator("[data-wait-note]").filter({ visible: true }).waitFor();
    come();
    await page.locator("#code").waitFor();
    assert.deepEqual(seen.filter((url) => /9000000771|tv771/.test(url)), []);
    await page.context().close();
  }
});
