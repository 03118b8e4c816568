// Every page that the build made, whichever they are, once WebAssembly has taken it over: its links
// lead on, its main control works. What comes before: early.test.ts.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { assertQuiet, hydrated, launch, open, tab } from "../support/browser.ts";
import { SMALL } from "../support/citizen.ts";
import { addresses } from "../support/pages.ts";
import { Server } from "../support/server.ts";

/** Shown where there is no network, without WebAssembly: offline.test.ts looks at it. */
const pages = addresses().filter((path) => !path.endsWith("/ngoai-tuyen"));

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

/** Runs the check on every page in a tab of its own, and reports all failures at once. */
async function everywhere(check: (page: Page, path: string) => Promise<void>): Promise<void> {
  assert.ok(pages.length > 0);
  const wrong: string[] = [];
  const { page: first } = await open(browser, server.url, SMALL);
  for (const path of pages) {
    const watched = await tab(first.context(), server.url);
    watched.page.setDefaultTimeout(15_000);
    try {
      await check(watched.page, path);
      assertQuiet(watched);
    } catch (error) {
      wrong.push(`${path}: ${(error as Error).message}`);
    }
    await watched.page.close();
  }
  await first.context().close();
  assert.deepEqual(wrong, []);
}

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
    // A page may ask the service first what it is to show.
    await page.locator("main :is(button, summary, a)").filter({ visible: true }).first().waitFor();
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
