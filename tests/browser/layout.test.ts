// What a machine can hold of the look, on every page in both languages: nothing is cut off on the
// narrowest screen or in large text, everything can be hit by a thumb and reached by keyboard,
// headings and landmarks are in order, and axe finds nothing in any colour scheme.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { assertAccessible, assertNoSidewaysScroll, launch, open } from "../support/browser.ts";
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

test("text of twice the size fits a screen of 360 px", () =>
  everywhere(async (page) => {
    await page.evaluate(() => {
      document.documentElement.style.fontSize = "200%";
    });
    await assertNoSidewaysScroll(page);
  }, 360));

test("no mark of a Vietnamese letter is clipped", () =>
  everywhere(async (page) => {
    const clipped = await page.evaluate(() => {
      const context = document.createElement("canvas").getContext("2d")!;
      const found: string[] = [];
      for (const element of document.querySelectorAll<HTMLElement>("body *")) {
        const text = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim());
        if (!text || element.closest(".visually-hidden, noscript, script, [hidden]")) continue;
        const style = getComputedStyle(element);
        // The tallest letters of the alphabet, and one that goes below the line.
        context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
        const { actualBoundingBoxAscent, actualBoundingBoxDescent } = context.measureText("ẤỆỔỮgỵ");
        const ink = actualBoundingBoxAscent + actualBoundingBoxDescent;
        const name = `${element.tagName}.${element.className}: ${element.textContent?.slice(0, 30)}`;
        if (style.lineHeight !== "normal" && ink > parseFloat(style.lineHeight) + 1) {
          found.push(`${name}: ink ${ink} px, line ${style.lineHeight}`);
        }
        const cuts = ["hidden", "clip"].includes(style.overflowY) && element.scrollHeight > element.clientHeight + 1;
        if (cuts && style.display !== "inline") found.push(`${name}: cut off`);
      }
      return found;
    });
    assert.deepEqual(clipped, []);
  }));

test("everything to tap is at least 44 px high, but for links inside a sentence", () =>
  everywhere(async (page) => {
    const small = await page.evaluate(() => {
      const found: string[] = [];
      for (const element of document.querySelectorAll<HTMLElement>("a[href], button, input, select, textarea, summary")) {
        if (!element.checkVisibility() || element.closest(".skip, .visually-hidden")) continue;
        const box = element.getBoundingClientRect();
        if (box.width === 0 || (element as HTMLInputElement).type === "hidden") continue;
        const around = element.closest("p, li, dd, td, summary, legend, label") ?? element.parentElement;
        const isInText =
          element.tagName === "A" &&
          getComputedStyle(element).display === "inline" &&
          (around?.textContent?.trim().length ?? 0) > (element.textContent?.trim().length ?? 0);
        if (isInText) continue;
        // A box to tick is hit by its words too.
        const labels = [...((element as HTMLInputElement).labels ?? [])].map((label) => label.getBoundingClientRect().height);
        const height = Math.max(box.height, ...(["checkbox", "radio"].includes((element as HTMLInputElement).type) ? labels : []));
        if (height < 43.5) found.push(`${element.tagName}.${element.className} “${element.textContent?.trim().slice(0, 30)}”: ${height} px`);
      }
      return found;
    });
    assert.deepEqual(small, []);
  }, 360));

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

test("the keyboard reaches everything, in reading order, and one sees where it is", () =>
  everywhere(async (page) => {
    const expected = await page.evaluate(() => {
      const inOrder = [...document.querySelectorAll<HTMLElement>("a[href], button, input, select, textarea, summary")];
      const reachable = inOrder.filter((element) => {
        const input = element as HTMLInputElement;
        if (element.tabIndex < 0 || input.disabled || input.type === "hidden") return false;
        // Of a group of radio buttons, the keyboard stops at one.
        if (input.type === "radio" && input !== document.querySelector(`input[name="${input.name}"]`)) return false;
        return element.checkVisibility({ visibilityProperty: true });
      });
      reachable.forEach((element, at) => (element.dataset["stop"] = String(at)));
      return reachable.length;
    });
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    const wrong: string[] = [];
    for (let stop = 0; stop < expected; stop += 1) {
      await page.keyboard.press("Tab");
      const seen = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement;
        const style = getComputedStyle(element);
        const box = element.getBoundingClientRect();
        const at = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, 20));
        return {
          stop: element.dataset["stop"],
          name: `${element.tagName} “${element.textContent?.trim().slice(0, 30)}”`,
          ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
          inside: box.bottom > 0 && box.top < innerHeight,
          uncovered: at === null || element.contains(at) || at.contains(element),
        };
      });
      if (seen.stop !== String(stop)) wrong.push(`stop ${stop} is ${seen.stop}: ${seen.name}`);
      if (!seen.ring) wrong.push(`no ring around ${seen.name}`);
      if (!seen.inside || !seen.uncovered) wrong.push(`out of sight: ${seen.name}`);
    }
    assert.deepEqual(wrong, []);
  }, 360));

const LOOKS = (["light", "dark"] as const).flatMap((colorScheme) =>
  (["none", "active"] as const).map((forcedColors) => ({ colorScheme, forcedColors })),
);
// Two tests: one alone would be too long for a slow machine.
for (const [language, mine] of [
  ["Vietnamese", pages.filter((path) => !/^\/en(\/|$)/.test(path))],
  ["English", pages.filter((path) => /^\/en(\/|$)/.test(path))],
] as const) {
  test(`axe finds nothing on any ${language} page, light, dark and in forced colours`, async () => {
    const { page } = await open(browser, server.url);
    const wrong: string[] = [];
    for (const path of mine) {
      await page.goto(path);
      for (const look of LOOKS) {
        await page.emulateMedia(look);
        const what = `${path}, ${look.colorScheme}, forced colours ${look.forcedColors}`;
        await assertAccessible(page, what).catch((error: Error) => wrong.push(error.message));
      }
    }
    await page.context().close();
    assert.deepEqual(wrong, []);
  });
}
