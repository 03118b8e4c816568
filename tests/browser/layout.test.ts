// What a machine can hold of the look, on every page in both languages: nothing is cut off on the
// narrowest screen or in large text, everything can be hit by a thumb and reached by keyboard,
// headings and landmarks are in order, axe finds nothing in any colour scheme, and forced colours
// lose nothing.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { assertAccessible, assertNoSidewaysScroll, hydrated, launch, open } from "../support/browser.ts";
import { PATTERN, addresses, isStill, withPattern } from "../support/pages.ts";
import { Server } from "../support/server.ts";

const pages = [...addresses(), PATTERN];
let server: Server;
let browser: Browser;
before(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Opens whatever is folded: what nobody sees, no check sees. */
const unfold = (page: Page) =>
  page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));

/** Runs the check on every page, in one tab, and reports all failures at once. */
async function everywhere(check: (page: Page, path: string) => Promise<void>, width = 320): Promise<void> {
  const { page } = await open(browser, server.url, { viewport: { width, height: 640 } });
  await withPattern(page);
  const wrong: string[] = [];
  for (const path of pages) {
    await page.goto(path);
    await unfold(page);
    await check(page, path).catch((error: Error) => wrong.push(`${path}: ${error.message}`));
  }
  await page.context().close();
  assert.deepEqual(wrong, []);
}

test("nothing is wider than a screen of 320 px", () => everywhere(assertNoSidewaysScroll));

test("text of twice the size fits the same screen", () =>
  everywhere(async (page) => {
    await page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync("html{font-size:200%}");
      document.adoptedStyleSheets = [sheet];
    });
    await assertNoSidewaysScroll(page);
  }));

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
  everywhere(async (page, path) => {
    if (!isStill(path)) await hydrated(page);
    // It first asks whether anybody is signed in.
    if (path.endsWith("/tai-khoan")) await page.locator("main a.button").waitFor();
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
        // A link inside a sentence may go over two lines.
        const box = element.getClientRects()[0] ?? element.getBoundingClientRect();
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

// axe cannot judge forced colours: it reads the text's fill colour, which is not among the forced ones.
for (const colorScheme of ["light", "dark"] as const) {
  test(`in forced colours (${colorScheme}) text is read, buttons and fields keep an edge, the focus its ring`, () =>
    everywhere(async (page) => {
      await page.emulateMedia({ colorScheme, forcedColors: "active" });
      const wrong = await page.evaluate(() => {
        const found: string[] = [];
        const light = (colour: string): number => {
          const [red = 0, green = 0, blue = 0] = (/\(([^)]+)\)/.exec(colour)?.[1] ?? "").split(",").map((part) => {
            const value = Number(part) / 255;
            return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
          });
          return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        };
        /** The first background at or above the element that is not transparent. */
        const behind = (element: Element | null): string => {
          const colour = element ? getComputedStyle(element).backgroundColor : "rgb(255, 255, 255)";
          return element && /^rgba\(.*, 0\)$/.test(colour) ? behind(element.parentElement) : colour;
        };
        for (const element of document.querySelectorAll<HTMLElement>("body *")) {
          if (![...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim())) continue;
          if (!element.checkVisibility() || element.closest(".visually-hidden, noscript, script")) continue;
          const [text, paper] = [light(getComputedStyle(element).color), light(behind(element))];
          const contrast = (Math.max(text, paper) + 0.05) / (Math.min(text, paper) + 0.05);
          if (contrast < 4.5) found.push(`${element.tagName}.${element.className}: ${contrast.toFixed(1)}`);
        }
        for (const element of document.querySelectorAll<HTMLElement>(".button, .input, .choice, .help")) {
          if (!element.checkVisibility()) continue;
          const { borderTopStyle, borderTopWidth } = getComputedStyle(element);
          if (borderTopStyle === "none" || parseFloat(borderTopWidth) < 1) found.push(`${element.className}: no edge`);
        }
        return found;
      });
      assert.deepEqual(wrong, []);
      await page.keyboard.press("Tab");
      const ring = await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle);
      assert.equal(ring, "solid");
    }));
}

/** What may differ from look to look; everything else is asked once. */
const COLOURS = ["color-contrast", "link-in-text-block"];
const LOOKS = [
  { colorScheme: "light", contrast: "no-preference" },
  { colorScheme: "dark", contrast: "no-preference" },
  { colorScheme: "light", contrast: "more" },
  { colorScheme: "dark", contrast: "more" },
] as const;
// Two tests: one alone would be too long for a slow machine.
for (const [language, mine] of [
  ["Vietnamese", pages.filter((path) => !/^\/en(\/|$)/.test(path))],
  ["English", pages.filter((path) => /^\/en(\/|$)/.test(path))],
] as const) {
  test(`axe finds nothing on any ${language} page, folded or open, light, dark, with more contrast`, async () => {
    // Colours on their way from one look to the next are nobody's.
    const { page } = await open(browser, server.url, { reducedMotion: "reduce" });
    await withPattern(page);
    const wrong: string[] = [];
    const look = async (what: string, rules?: string[]) =>
      assertAccessible(page, what, rules).catch((error: Error) => wrong.push(error.message));
    for (const path of mine) {
      await page.emulateMedia(LOOKS[0]);
      await page.goto(path);
      await look(`${path}, folded`);
      await unfold(page);
      await look(`${path}, open`);
      for (const colours of LOOKS.slice(1)) {
        await page.emulateMedia(colours);
        await look(`${path}, ${JSON.stringify(colours)}`, COLOURS);
      }
    }
    await page.context().close();
    assert.deepEqual(wrong, []);
  });
}
