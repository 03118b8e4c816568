// What a machine can hold of the look, on every page in both languages: nothing is cut off on the
// narrowest screen or in large text, everything can be hit by a thumb and reached by keyboard, axe
// finds nothing in any colour scheme, and forced colours lose nothing. The pages are those of a
// service, and of a guide those that it has otherwise; each is loaded once, and every check made of
// it then. Headings and landmarks: aria.test.ts.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { assertAccessible, assertNoSidewaysScroll, hydrated, launch, open, PHONE } from "../support/browser.ts";
import { PATTERN, SITES, type Site, addresses, isStill, onlyInGuide, withPattern } from "../support/pages.ts";
import { Server } from "../support/server.ts";

const PAGES: Record<Site, string[]> = { service: [...addresses(), PATTERN], guide: onlyInGuide() };
let servers: Record<Site, Server>;
let browser: Browser;
before(async () => {
  const starting = [Server.start(), Server.start({ site: SITES.guide }), launch()] as const;
  const [service, guide, chromium] = await Promise.all(starting);
  [servers, browser] = [{ service, guide }, chromium];
});
after(async () => {
  await browser?.close();
  for (const server of Object.values(servers ?? {})) await server.stop();
});

test("a guide has its own pages for what it does not serve, in both languages", () => {
  for (const path of ["/", "/email", "/tin-nhan", "/mat-khau", "/lien-ket"]) {
    assert.ok(PAGES.guide.includes(path) && PAGES.service.includes(path), path);
    assert.ok(PAGES.guide.includes(`/en${path}`.replace(/\/$/, "")), `/en${path}`);
  }
});

/** Opens whatever is folded: what nobody sees, no check sees. */
const unfold = (page: Page) =>
  page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));

/** What may differ from look to look; everything else is asked once. */
const COLOURS = ["color-contrast", "link-in-text-block"];
const LOOKS = [
  { colorScheme: "light", contrast: "no-preference" },
  { colorScheme: "dark", contrast: "no-preference" },
  { colorScheme: "light", contrast: "more" },
  { colorScheme: "dark", contrast: "more" },
] as const;
const isEnglish = (path: string): boolean => /^\/en(\/|$)/.test(path);

/** The look of a page that nobody has set otherwise. */
const USUAL = { colorScheme: "light", contrast: "no-preference", forcedColors: "none", reducedMotion: "no-preference" } as const;

/** What is asked of a page, which fails by throwing; it may change the page's look, and leave it so. */
interface Check {
  name: string;
  /** Of the screen, px. */
  width: number;
  run(page: Page, path: string): Promise<void>;
}

/** In this order: the first one finds the page folded, the last ones move the focus. */
const CHECKS: Check[] = [
  {
    name: "axe finds nothing, folded or open, light, dark, with more contrast",
    width: PHONE.width,
    async run(page, path) {
      const wrong: string[] = [];
      const look = async (what: string, rules?: string[]) =>
        assertAccessible(page, what, rules).catch((error: Error) => wrong.push(error.message));
      // Colours on their way from one look to the next are nobody's.
      await page.emulateMedia({ ...LOOKS[0], reducedMotion: "reduce" });
      await look(`${path}, folded`);
      await unfold(page);
      await look(`${path}, open`);
      for (const colours of LOOKS.slice(1)) {
        await page.emulateMedia(colours);
        await look(`${path}, ${JSON.stringify(colours)}`, COLOURS);
      }
      assert.deepEqual(wrong, []);
    },
  },
  { name: "nothing is wider than a screen of 320 px", width: 320, run: assertNoSidewaysScroll },
  {
    name: "text of twice the size fits the same screen",
    width: 320,
    async run(page) {
      await page.evaluate(() => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync("html{font-size:200%}");
        document.adoptedStyleSheets = [sheet];
      });
      await assertNoSidewaysScroll(page);
      // Wide enough for other rules, and still too narrow for large text in them.
      await page.setViewportSize({ width: 360, height: 640 });
      await assertNoSidewaysScroll(page);
      await page.setViewportSize({ width: 320, height: 640 });
    },
  },
  {
    name: "no mark of a Vietnamese letter is clipped",
    width: 320,
    async run(page) {
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
    },
  },
  {
    name: "everything to tap is at least 44 px high, but for links inside a sentence",
    width: 360,
    async run(page) {
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
    },
  },
  {
    name: "what is hidden is not seen",
    width: 320,
    async run(page) {
      const seen = await page.locator("[hidden]").evaluateAll((all) =>
        all.filter((it) => getComputedStyle(it).display !== "none").map((it) => it.outerHTML.slice(0, 80)),
      );
      assert.deepEqual(seen, []);
    },
  },
  {
    name: "each choice of the first page has its picture",
    width: 320,
    async run(page) {
      const bare = await page.locator(".choice").evaluateAll((all) =>
        all.filter((it) => getComputedStyle(it, "::before").maskImage === "none").map((it) => it.getAttribute("href")),
      );
      assert.deepEqual(bare, []);
    },
  },
  {
    name: "the keyboard reaches everything, in reading order, and one sees where it is",
    width: 360,
    async run(page) {
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
            // Amber alone would be lost on light paper: a ring of ink goes around it.
            ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && / 6px$/.test(style.boxShadow),
            inside: box.bottom > 0 && box.top < innerHeight,
            uncovered: at === null || element.contains(at) || at.contains(element),
          };
        });
        if (seen.stop !== String(stop)) wrong.push(`stop ${stop} is ${seen.stop}: ${seen.name}`);
        if (!seen.ring) wrong.push(`no ring around ${seen.name}`);
        if (!seen.inside || !seen.uncovered) wrong.push(`out of sight: ${seen.name}`);
      }
      // Nothing holds the focus: from the last stop it goes on, and back the way it came.
      await page.keyboard.press("Tab");
      const left = await page.evaluate(() => (document.activeElement as HTMLElement).dataset["stop"]);
      if (left === String(expected - 1)) wrong.push("the last stop does not let go");
      if (left !== undefined) await page.evaluate(() => (document.activeElement as HTMLElement).blur());
      await page.evaluate((last) => document.querySelector<HTMLElement>(`[data-stop="${last}"]`)?.focus(), expected - 1);
      for (let stop = expected - 2; stop >= 0; stop -= 1) {
        await page.keyboard.press("Shift+Tab");
        const back = await page.evaluate(() => (document.activeElement as HTMLElement).dataset["stop"]);
        if (back !== String(stop)) wrong.push(`backwards, stop ${stop} is ${back}`);
      }
      assert.deepEqual(wrong, []);
    },
  },
  // axe cannot judge forced colours: it reads the text's fill colour, which is not among the forced ones.
  ...(["light", "dark"] as const).map((colorScheme) => ({
    name: `in forced colours (${colorScheme}) text is read, buttons and fields keep an edge, the focus its ring`,
    width: 320,
    async run(page: Page) {
      await page.emulateMedia({ colorScheme, forcedColors: "active", reducedMotion: "reduce" });
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
    },
  })),
];

/** As a page is before anything is asked of it. */
async function restore(page: Page, width: number): Promise<void> {
  await page.setViewportSize({ width, height: 640 });
  await page.emulateMedia(USUAL);
  await page.evaluate(() => (document.adoptedStyleSheets = []));
}

/** Makes every check of every page, in one tab. Gives what was wrong, by the check's name. */
async function walk(site: Site, paths: string[]): Promise<Map<string, string[]>> {
  const { page } = await open(browser, servers[site].url);
  await withPattern(page);
  const wrong = new Map<string, string[]>();
  for (const path of paths) {
    await page.goto(path);
    if (!isStill(path)) await hydrated(page);
    // It first asks whether anybody is signed in.
    if (site === "service" && path.endsWith("/tai-khoan")) await page.locator("main a.button").waitFor();
    for (const { name, width, run } of CHECKS) {
      await restore(page, width);
      await run(page, path).catch((error: Error) => {
        wrong.set(name, [...(wrong.get(name) ?? []), `${path} (${site}): ${error.message}`]);
      });
    }
  }
  await page.context().close();
  return wrong;
}

// Several tests: one alone would be too long for a slow machine.
for (const [what, site, paths] of [
  ["every Vietnamese page", "service", PAGES.service.filter((path) => !isEnglish(path))],
  ["every English page", "service", PAGES.service.filter(isEnglish)],
  ["a guide's own pages", "guide", PAGES.guide],
] as const) {
  test(`${what} holds on every screen, in every look, for every finger and key`, async (context) => {
    assert.ok(paths.length > 5);
    const wrong = await walk(site, paths);
    for (const { name } of CHECKS) await context.test(name, () => assert.deepEqual(wrong.get(name) ?? [], []));
  });
}
