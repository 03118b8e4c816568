// Pictures of every page for people to look at: `cargo xtask screenshots`. Light and dark, at 320,
// 360 and 768 px and with text of twice the size; one sheet: tests/out/screenshots/index.html.
// PAGES="/ /en" draws only those.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { launch } from "../support/browser.ts";
import { addresses } from "../support/pages.ts";
import { Server, root } from "../support/server.ts";

const out = join(root, "tests/out/screenshots");
const VIEWS = [
  { name: "320", width: 320 },
  { name: "360", width: 360 },
  { name: "768", width: 768 },
  { name: "360, 200 %", width: 360, large: true },
];

/** States beside a page as it is opened: a name, the page, how to get there. */
const STATES = [
  ["form-empty", "/email", async (page) => page.locator("form button[type=submit], form .button").first().click()],
  ["questions-open", "/tin-nhan", async (page) => page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)))],
  ["focus", "/", async (page) => { for (let i = 0; i < 4; i += 1) await page.keyboard.press("Tab"); }],
  ["no-network", "/an-toan", async (page) => {
    await page.context().setOffline(true);
    await page.locator(".net .banner").waitFor({ timeout: 30_000 });
  }],
];

const wanted = process.env.PAGES?.split(/\s+/).filter(Boolean) ?? addresses();
const shots = [
  ...wanted.map((path) => [path, path, undefined]),
  ...STATES.filter(([, path]) => wanted.includes(path)).map(([name, path, reach]) => [`${path} · ${name}`, path, reach]),
];

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const [server, browser] = await Promise.all([Server.start(), launch()]);
const rows = new Map(shots.map(([title]) => [title, []]));
try {
  for (const scheme of ["light", "dark"]) {
    for (const { name, width, large } of VIEWS) {
      const options = { viewport: { width, height: 640 }, colorScheme: scheme, baseURL: server.url, serviceWorkers: "block" };
      for (const [title, path, reach] of shots) {
        const context = await browser.newContext(options);
        const page = await context.newPage();
        await page.goto(path);
        await page.waitForFunction(() => globalThis.chiakhoa?.ready || document.documentElement.dataset.offline !== undefined);
        if (large) await page.evaluate(() => { document.documentElement.style.fontSize = "200%"; });
        await reach?.(page);
        const file = `${title.replace(/[^a-z0-9-]+/gi, "_")}.${scheme}.${name.replace(/\W+/g, "-")}.png`;
        await page.screenshot({ path: join(out, file), fullPage: true });
        rows.get(title).push({ file, label: `${name}, ${scheme}` });
        await context.close();
      }
      console.log(`${scheme}, ${name}: ${shots.length} pictures`);
    }
  }
} finally {
  await browser.close();
  await server.stop();
}

const sheet = [...rows].map(([title, pictures]) => {
  const figures = pictures.map(({ file, label }) => `<figure><a href="${file}"><img loading="lazy" src="${file}" alt="${title}, ${label}"></a><figcaption>${label}</figcaption></figure>`);
  return `<section><h2>${title}</h2><div>${figures.join("")}</div></section>`;
});
writeFileSync(
  join(out, "index.html"),
  `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Contact sheet</title>
<style>body{font:16px system-ui;margin:1rem;background:#888}div{display:flex;gap:1rem;overflow-x:auto;align-items:flex-start}figure{margin:0}img{height:32rem;width:auto;object-fit:contain;object-position:top;background:#fff}</style>
<h1>Contact sheet</h1>${sheet.join("\n")}</html>\n`,
);
console.log(join("tests/out/screenshots", "index.html"));
