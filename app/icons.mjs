// Draws the icons' PNG files from their SVG sources by Chromium: `node app/icons.mjs`.
// `--check` draws them again and fails where a file no longer shows its source.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const directory = join(import.meta.dirname, "icons");
const ICONS = [
  ["icon-192.png", "icon.svg", 192],
  ["icon-512.png", "icon.svg", 512],
  ["maskable-512.png", "icon-maskable.svg", 512],
  // iOS rounds the corners itself and shows black where an icon is transparent.
  ["apple-touch.png", "icon-maskable.svg", 180],
];
/** Mean difference of a colour channel, of 255, that two versions of Chromium may show. */
const TOLERANCE = 2;

const usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executablePath = process.env.CHROMIUM ?? usual.find((path) => existsSync(path));
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage();
let wrong = 0;

for (const [name, source, size] of ICONS) {
  const svg = readFileSync(join(directory, source)).toString("base64");
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(
    `<style>*{margin:0;display:block}</style><img width=${size} height=${size} src="data:image/svg+xml;base64,${svg}">`,
  );
  await page.evaluate(() => document.images[0].decode());
  const drawn = await page.screenshot({ omitBackground: true });
  const file = join(directory, name);
  if (!process.argv.includes("--check")) {
    writeFileSync(file, drawn);
    console.log(`${name}: ${size} × ${size}, ${drawn.length} bytes`);
    continue;
  }
  const pair = [drawn, readFileSync(file)].map((bytes) => bytes.toString("base64"));
  const difference = await page.evaluate(async (pair) => {
    const pixels = await Promise.all(
      pair.map(async (base64) => {
        const image = new Image();
        image.src = `data:image/png;base64,${base64}`;
        await image.decode();
        const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
        canvas.drawImage(image, 0, 0);
        return canvas.getImageData(0, 0, image.width, image.height).data;
      }),
    );
    const [one, other] = pixels;
    if (one.length !== other.length) return 255;
    return one.reduce((sum, value, at) => sum + Math.abs(value - other[at]), 0) / one.length;
  }, pair);
  const ok = difference <= TOLERANCE;
  wrong += ok ? 0 : 1;
  console.log(`${name}: ${ok ? "shows" : "does NOT show"} ${source} (mean difference ${difference.toFixed(2)})`);
}
await browser.close();
process.exitCode = wrong === 0 ? 0 : 1;
