// Chromium, watched: no test passes over an error in the console or a request to a third party.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults, RunOptions } from "axe-core";
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from "playwright-core";

/** A cheap phone held upright: the narrowest screen we promise. */
export const PHONE = { width: 360, height: 740 };

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

/** Starts the Chromium that `cargo xtask test` found or installed. */
export async function launch(): Promise<Browser> {
  const usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
  const executablePath = process.env["CHROMIUM"] ?? usual.find((path) => existsSync(path));
  if (executablePath === undefined) throw new Error("no Chromium: set CHROMIUM to its path");
  return chromium.launch({ executablePath, headless: true, args: FLAGS });
}

/** A page, and what went wrong in it. */
export interface Watched {
  page: Page;
  /** Errors of console and scripts, failed and foreign requests, in their order. */
  complaints: string[];
}

/**
 * A page in a context of its own; everything it complains about is kept. Without service worker
 * unless asked for: what it answers, `page.route` does not see.
 */
export async function open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext({
    viewport: PHONE,
    locale: "vi-VN",
    baseURL: url,
    serviceWorkers: "block",
    ...options,
  });
  return tab(context, url);
}

/**
 * Another page of a context, watched in the same way. It shares cookies and cache with the others,
 * but not what a tab keeps, and costs a third of a context of its own.
 */
export async function tab(context: BrowserContext, url: string): Promise<Watched> {
  const page = await context.newPage();
  const complaints: string[] = [];
  const own = new URL(url).origin;
  page.on("console", (message) => {
    // A 4xx of the API is an answer, not an error; Chromium logs it all the same.
    const isAnswer = message.text().startsWith("Failed to load resource") && message.location().url.includes("/api/");
    const isBlocked = message.text().startsWith("Service Worker registration blocked");
    if (["error", "warning"].includes(message.type()) && !isAnswer && !isBlocked) {
      complaints.push(`console ${message.type()}: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => complaints.push(`script: ${error.message}`));
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== own && !["data:", "blob:"].includes(protocol)) complaints.push(`third party: ${request.url()}`);
  });
  return { page, complaints };
}

/** Fails where the page complained about anything. */
export function assertQuiet(watched: Watched): void {
  assert.deepEqual(watched.complaints, []);
}

/** Waits until WebAssembly has taken the page over. */
export async function hydrated(page: Page): Promise<void> {
  await page.waitForFunction(() => (globalThis as { chiakhoa?: { ready: boolean } }).chiakhoa?.ready === true);
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * Fails where axe finds anything at all on the page as it stands; with `rules` only those are
 * asked. Runs inside the page itself, which has no frames: a second less than by a driver of it.
 */
export async function assertAccessible(page: Page, what: string, rules?: string[]): Promise<void> {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axeSource);
  // A colour on its way to another is nobody's to judge.
  await page.evaluate(() => {
    for (const moving of document.getAnimations()) if (moving instanceof CSSTransition) moving.finish();
  });
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const runOnly: RunOptions["runOnly"] = rules ? { type: "rule", values: rules } : { type: "tag", values: tags };
  const { violations } = await page.evaluate(
    (options) => (globalThis as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } }).axe.run(options),
    { runOnly, resultTypes: ["violations"] } satisfies RunOptions,
  );
  const found = violations.map(
    ({ id, help, nodes }) => `${id}: ${help}\n    ${nodes.map((node) => node.html).join("\n    ")}`,
  );
  assert.deepEqual(found, [], `axe on ${what}`);
}

/** Fails where the page is wider than the screen. */
export async function assertNoSidewaysScroll(page: Page): Promise<void> {
  const excess = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  assert.ok(excess <= 0, `the page is ${excess} px wider than the screen`);
}
