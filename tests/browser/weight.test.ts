// What a page costs a visitor who comes for the first time, before it is usable: how many requests, and
// how many bytes as this server sends them (gzip and all headers; production's brotli is smaller).
// What is for later (the directory's data, the copy for days without a network) must begin later, and
// what comes later must not move what somebody reads already.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { assertQuiet, hydrated, launch, open } from "../support/browser.ts";
import { addresses, isStill } from "../support/pages.ts";
import { Server } from "../support/server.ts";

const REQUESTS = 5;
/** The account's own page has to ask whose account it is. */
const mostOf = (path: string): number => (path.endsWith("/tai-khoan") ? REQUESTS + 1 : REQUESTS);
/** The promise is 180 KB of 1000 bytes; four of them are kept for what comes. */
const BYTES = 176_000;
/** What may begin once the page has loaded and is idle, and not before. */
const LATER = /^\/(finder|directory)[^/]*$/;

const pages = addresses().filter((path) => !isStill(path));

let server: Server;
let browser: Browser;
before(async () => {
  [server, browser] = await Promise.all([Server.start({ vars: { LIMIT_IP_MINUTE: 0 } }), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** How long a page that nobody touches leaves the service alone, ms. */
const QUIET = 3_900;

/** In the page: notes when it became usable, and what moved without anybody's doing. */
const MARK = () => {
  addEventListener("chiakhoa:ready", () => Object.assign(globalThis, { usableAt: performance.now() }));
  const moved: string[] = [];
  Object.assign(globalThis, { moved });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & { sources: { node?: Node }[] })[]) {
      moved.push(...entry.sources.map(({ node }) => node?.textContent?.trim().slice(0, 40) || "?"));
    }
  }).observe({ type: "layout-shift", buffered: true });
};

/** In the page: what has moved once all that was changed is painted. */
const MOVED = () =>
  new Promise<string[]>((done) =>
    requestAnimationFrame(() =>
      setTimeout(() => done((globalThis as unknown as { moved: string[] }).moved), 50),
    ),
  );

/** In the page: when it was usable, when it had loaded, and what was asked for when. */
const ASKED = () => {
  const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  const asked = performance.getEntriesByType("resource").map(({ name, startTime }) => ({ name, at: startTime }));
  const { usableAt = 0 } = globalThis as { usableAt?: number };
  return { usableAt, loadedAt: navigation!.loadEventStart, asked };
};

interface Asked {
  path: string;
  /** In the page's own time, ms. */
  at: number;
}

/** When the page was usable and when it had loaded, and what it asked for by then. */
async function arrive(path: string) {
  const watched = await open(browser, server.url);
  const { page } = watched;
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  const urls = new Map<string, string>();
  const bytes = new Map<string, number>();
  session.on("Network.requestWillBeSent", ({ requestId, request }) => urls.set(requestId, request.url));
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const url = urls.get(requestId);
    if (url !== undefined) bytes.set(new URL(url).pathname, encodedDataLength);
  });
  await page.addInitScript(MARK);
  await page.goto(path);
  await hydrated(page);
  const seen = await page.evaluate(ASKED);
  const moved = await page.evaluate(MOVED);
  const asked: Asked[] = seen.asked.map(({ name, at }) => ({ path: new URL(name).pathname, at }));
  assertQuiet(watched);
  await page.context().close();
  return { ...seen, asked: [{ path, at: 0 }, ...asked], bytes, moved };
}

test(`no page asks for more than ${REQUESTS} files or ${BYTES / 1000} KB before it is usable`, async (context) => {
  assert.ok(pages.length > 20);
  const wrong: string[] = [];
  for (const path of pages) {
    const { usableAt, loadedAt, asked, bytes, moved } = await arrive(path);
    if (moved.length > 0) wrong.push(`${path}: moves: ${moved.join(", ")}`);
    const early = asked.filter((one) => LATER.test(one.path) && one.at < loadedAt);
    if (early.length > 0) wrong.push(`${path}: before it has loaded: ${early.map((one) => one.path).join(" ")}`);
    const needed = asked.filter((one) => !LATER.test(one.path) && one.at <= usableAt).map((one) => one.path);
    const unknown = needed.filter((one) => bytes.get(one) === undefined);
    if (unknown.length > 0) wrong.push(`${path}: of unknown size: ${unknown.join(" ")}`);
    const sum = needed.reduce((sum, one) => sum + (bytes.get(one) ?? 0), 0);
    context.diagnostic(`${path}: ${needed.length} requests, ${(sum / 1000).toFixed(1)} KB`);
    if (needed.length > mostOf(path)) wrong.push(`${path}: ${needed.length} requests: ${needed.join(" ")}`);
    if (sum > BYTES) wrong.push(`${path}: ${sum} bytes`);
    if (sum < 50_000) wrong.push(`${path}: ${sum} bytes: that cannot be all`);
  }
  assert.deepEqual(wrong, []);
});

test("what an office's page learns after it is painted moves nothing that is read", async () => {
  for (const path of ["/co-quan/bhxh-tinh-an-giang", "/en/co-quan/bhxh-tinh-an-giang", "/co-quan/ha-noi-dong-da"]) {
    const { page } = await open(browser, server.url);
    // What moves below the screen's end counts for nobody: so the whole page is on it.
    await page.setViewportSize({ width: 360, height: 2_400 });
    await page.addInitScript(MARK);
    await page.addInitScript(() => Object.assign(navigator, { share: async () => {} }));
    await page.goto(path);
    await page.locator("[data-open]:not(:empty)").waitFor();
    await page.locator("[data-share]").waitFor();
    assert.deepEqual(await page.evaluate(MOVED), [], path);
    await page.context().close();
  }
});

test("the forms' pages leave the service alone until someone touches the form, then prepare at once", async () => {
  const prepared = ["/api/v1/captcha", "/api/v1/config", "/captcha.js"];
  for (const path of ["/email", "/en/email", "/tin-nhan", "/en/tin-nhan"]) {
    const { page } = await open(browser, server.url);
    await page.addInitScript(MARK);
    await page.goto(path);
    await hydrated(page);
    const asked = (name: string) => page.waitForRequest((request) => new URL(request.url()).pathname === name);
    const seen = Promise.all(prepared.map(asked));
    const touchedAt = await page.evaluate(() => {
      const at = performance.now();
      document.querySelector("input")?.focus();
      return at;
    });
    await seen;
    const { usableAt, asked: entries } = await page.evaluate(ASKED);
    for (const { name, at } of entries.filter(({ name }) => prepared.includes(new URL(name).pathname))) {
      assert.ok(at >= Math.min(touchedAt, usableAt + QUIET), `${path}: ${name} after ${at} ms`);
    }
    await page.context().close();
  }
});
