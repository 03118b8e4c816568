// The pages that the build made, as addresses.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { root } from "./server.ts";

/** The built sites: that of a service, and that of a guide, which serves nobody. */
export const SITES = { service: "dist", guide: "dist-guide" } as const;
export type Site = keyof typeof SITES;

export const dist = join(root, SITES.service);

/** Unlike the others of its folder. */
const ALONE = "co-quan/du-lieu.html";
/** How many pages of one folder below the first level stand for all of them. */
const SAMPLE = 2;

/** `en/email.html` as people ask for it: `/en/email`. */
export const address = (file: string): string =>
  `/${file.replace(/(^|\/)index\.html$/, "").replace(/\.html$/, "")}`;

/** Every page with an address; of a folder full of alike pages (offices), the first few. */
export function addresses(site: Site = "service"): string[] {
  const files = readdirSync(join(root, SITES[site]), { recursive: true, encoding: "utf8" });
  const pages = files.filter((name) => name.endsWith(".html") && !/(^|\/)(404|mau)\.html$/.test(name) && !name.startsWith("."));
  const seen = new Map<string, number>();
  return pages
    .sort()
    .filter((file) => {
      const inside = file.replace(/^en\//, "");
      if (!inside.includes("/") || inside === ALONE) return true;
      const folder = file.slice(0, file.lastIndexOf("/"));
      seen.set(folder, (seen.get(folder) ?? 0) + 1);
      return seen.get(folder)! <= SAMPLE;
    })
    .map(address);
}

const mainOf = (site: Site, path: string): string => {
  const file = path === "/" ? "index" : path.slice(1);
  const html = readFileSync(join(root, SITES[site], `${file}.html`), "utf8");
  return /<main[\s>].*<\/main>/s.exec(html)?.[0] ?? "";
};

/** The pages that a guide has otherwise than a service: what is tested of the others holds for both. */
export const onlyInGuide = (): string[] =>
  addresses("guide").filter((path) => mainOf("guide", path) !== mainOf("service", path));

/** The pattern page: every component in every state. */
export const PATTERN = "/mau";

/** Lets a page open the pattern page, which the site itself does not have. */
export async function withPattern(page: Page): Promise<void> {
  const path = join(root, "target/site/mau.html");
  await page.route(`**${PATTERN}`, (route) => route.fulfill({ path, contentType: "text/html; charset=utf-8" }));
}

/** Whether nothing takes the page over: there is no program on it. */
export const isStill = (path: string): boolean => path === PATTERN || path.endsWith("/ngoai-tuyen");
