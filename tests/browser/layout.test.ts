// What a machine can hold of the look, on every page in both languages: nothing is wider than the
// narrowest screen, headings and landmarks are in order.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { assertNoSidewaysScroll, launch, open } from "../support/browser.ts";
import { addresses } from "../support/pages.ts";
import { Server } from "../support/server.ts";

const pages = addresses();
let server: Server;
let browser: Browser;
before(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Runs the check on every page, in one tab, and reports all failures at once. */
async function everywhere(check: (page: Page, path: string) => Promise<void>, width = 320): Promise<void> {
  const { page } = await open(browser, server.url, { viewport: { width, height: 640 } });
  const wrong: string[] = [];
  for (const path of pages) {
    await page.goto(path);
    await check(page, path).catch((error: Error) => wrong.push(`${path}: ${error.message}`));
  }
  await page.context().close();
  assert.deepEqual(wrong, []);
}

test("nothing is wider than a screen of 320 px", () => everywhere(assertNoSidewaysScroll));

test("landmarks come in order, headings leave no level out", () =>
  everywhere(async (page) => {
    const snapshot = await page.locator("body").ariaSnapshot();
    const landmarks = [...snapshot.matchAll(/^- (banner|main|contentinfo|navigation|complementary)\b/gm)].map(([, name]) => name);
    assert.deepEqual(landmarks, ["banner", "main", "contentinfo"]);
    const levels = [...snapshot.matchAll(/- heading .*\[level=(\d)\]/g)].map(([, level]) => Number(level));
    assert.equal(levels[0], 1, "the first heading");
    assert.equal(levels.filter((level) => level === 1).length, 1, "headings of level 1");
    levels.reduce((before, level) => {
      assert.ok(level <= before + 1, `from level ${before} to ${level}`);
      return level;
    });
  }));
