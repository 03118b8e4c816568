// Pictures of every page and state for people to look at: `cargo xtask screenshots`. Light and
// dark, at 320, 360 and 768 px and with text of twice the size; one sheet:
// tests/out/screenshots/index.html. PAGES="/ /en" draws only those; MATCH=text only those titles;
// PART=2/4 the second quarter of them, added to the sheet that the first began; MODE=guide the site
// of a guide, in tests/out/screenshots-guide.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hydrated, launch } from "../support/browser.ts";
import { PATTERN, SITES, addresses, isStill, withPattern } from "../support/pages.ts";
import { Server, root } from "../support/server.ts";
import { GUIDE_STATES, STATES } from "./states.mjs";

const site = process.env.MODE === "guide" ? "guide" : "service";
const folder = site === "guide" ? "tests/out/screenshots-guide" : "tests/out/screenshots";
const out = join(root, folder);
const [part, parts] = (process.env.PART ?? "1/1").split("/").map(Number);
const VIEWS = ["light", "dark"].flatMap((scheme) => [
  { name: "320", width: 320, scheme },
  { name: "360", width: 360, scheme },
  { name: "768", width: 768, scheme },
  { name: "360, 200 %", width: 360, scheme, large: true },
]);

const wanted = process.env.PAGES?.split(/\s+/).filter(Boolean) ?? [PATTERN, ...addresses(site)];
const all = [
  ...wanted.map((path) => ({ title: path, path })),
  ...(site === "guide" ? GUIDE_STATES : STATES).filter(({ path }) => wanted.includes(path)).map((state) => ({ ...state, title: `${state.path} · ${state.name}` })),
].filter(({ title }) => title.includes(process.env.MATCH ?? ""));
const shots = all.slice(Math.floor((all.length * (part - 1)) / parts), Math.floor((all.length * part) / parts));

/** What the sheet shows, kept for the next part. */
const list = join(out, "sheet.json");
if (part === 1) rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const rows = part === 1 ? [] : JSON.parse(readFileSync(list, "utf8"));
const [server, browser] = await Promise.all([Server.start(site === "guide" ? { site: SITES.guide } : {}), launch()]);
const failed = [];
try {
  for (const { title, path, reach, options } of shots) {
    const context = await browser.newContext({
      viewport: { width: 360, height: 640 }, baseURL: server.url, serviceWorkers: "block", ...options,
    });
    try {
      const page = await context.newPage();
      await withPattern(page);
      await page.goto(path);
      if (options?.javaScriptEnabled !== false && !isStill(path)) await hydrated(page);
      await reach?.(page, server);
      const pictures = [];
      for (const { name, width, scheme, large } of VIEWS) {
        await page.setViewportSize({ width, height: 640 });
        await page.emulateMedia({ colorScheme: scheme });
        // No style element: the page's policy refuses it.
        const sheet = large ? "html{font-size:200%}" : "";
        await page.evaluate((text) => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(text);
          document.adoptedStyleSheets = [sheet];
        }, sheet);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        if (wide > width) failed.push(`${title}, ${name}: ${wide - width} px wider than the screen`);
        const file = `${title.replace(/[^a-z0-9-]+/gi, "_")}.${scheme}.${name.replace(/\W+/g, "-")}.png`;
        await page.screenshot({ path: join(out, file), fullPage: true, animations: "disabled" });
        pictures.push({ file, label: `${name}, ${scheme}` });
      }
      rows.push([title, pictures]);
      console.log(title);
    } catch (error) {
      failed.push(`${title}: ${error.message}`);
    }
    await context.close();
  }
} finally {
  await browser.close();
  await server.stop();
}

writeFileSync(list, JSON.stringify(rows));
const sheet = rows.map(([title, pictures]) => {
  const figures = pictures.map(({ file, label }) => `<figure><a href="${file}"><img loading="lazy" src="${file}" alt="${title}, ${label}"></a><figcaption>${label}</figcaption></figure>`);
  return `<section><h2>${title}</h2><div>${figures.join("")}</div></section>`;
});
writeFileSync(
  join(out, "index.html"),
  `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Contact sheet</title>
<style>body{font:16px system-ui;margin:1rem;background:#888}div{display:flex;gap:1rem;overflow-x:auto;align-items:flex-start}figure{margin:0}img{height:32rem;width:auto;object-fit:contain;object-position:top;background:#fff}</style>
<h1>Contact sheet</h1>${sheet.join("\n")}</html>\n`,
);
console.log(`${rows.length} pages and states: ${join(folder, "index.html")}`);
if (failed.length > 0) console.log(`\nfailed:\n${failed.join("\n")}`);
process.exitCode = failed.length === 0 ? 0 : 1;
