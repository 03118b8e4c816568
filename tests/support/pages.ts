// The pages that the build made, as addresses.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { root } from "./server.ts";

export const dist = join(root, "dist");

/** How many pages of one folder below the first level stand for all of them. */
const SAMPLE = 2;

/** `en/email.html` as people ask for it: `/en/email`. */
export const address = (file: string): string =>
  `/${file.replace(/(^|\/)index\.html$/, "").replace(/\.html$/, "")}`;

/** Every page with an address; of a folder full of alike pages (offices), the first few. */
export function addresses(): string[] {
  const files = readdirSync(dist, { recursive: true, encoding: "utf8" });
  const pages = files.filter((name) => name.endsWith(".html") && !/(^|\/)(404|mau)\.html$/.test(name) && !name.startsWith("."));
  const seen = new Map<string, number>();
  return pages
    .sort()
    .filter((file) => {
      const inside = file.replace(/^en\//, "");
      if (!inside.includes("/")) return true;
      const folder = file.slice(0, file.lastIndexOf("/"));
      seen.set(folder, (seen.get(folder) ?? 0) + 1);
      return seen.get(folder)! <= SAMPLE;
    })
    .map(address);
}

/** The pattern page: every component in every state. */
export const PATTERN = "/mau";

/** Lets a page open the pattern page, which the site itself does not have. */
export async function withPattern(page: Page): Promise<void> {
  const path = join(root, "target/site/mau.html");
  await page.route(`**${PATTERN}`, (route) => route.fulfill({ path, contentType: "text/html; charset=utf-8" }));
}

/** Whether nothing takes the page over: there is no program on it. */
export const isStill = (path: string): boolean => path === PATTERN || path.endsWith("/ngoai-tuyen");
