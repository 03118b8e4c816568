// Days without a network: what was seen once is read again, what belongs to a person is nowhere.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { assertAccessible, hydrated, launch, open } from "../support/browser.ts";
import { Network } from "../support/network.ts";
import { addresses } from "../support/pages.ts";
import { Server, until } from "../support/server.ts";

const CANARY = "canary-7c1f0e-khong-duoc-luu";
const PRIVATE = ["/lien-ket", "/mat-khau", "/dang-nhap", "/tai-khoan", "/khong-phai-toi", "/ho-so", "/ban-lam-viec"];

let server: Server;
let browser: Browser;
let network: Network;
before(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
  network = await Network.start(server.url);
});
after(async () => {
  await browser?.close();
  await network?.stop();
  await server?.stop();
});

/** A first visit, up to the moment when the copy is complete. */
async function visited(): Promise<Page> {
  network.set("good");
  network.rewrite = (_, body) => body;
  const { page } = await open(browser, network.url, { serviceWorkers: "allow" });
  await page.goto("/");
  await controlled(page);
  return page;
}

const controlled = (page: Page) => page.waitForFunction(() => navigator.serviceWorker?.controller !== null);

/** The status as the page itself knows it: what a worker answers, the driver does not always hear. */
const status = (page: Page) =>
  page.evaluate(() => (performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming).responseStatus);

async function cut(context: BrowserContext): Promise<void> {
  network.set("cut");
  await context.setOffline(true);
}

/** Everything that the device keeps: addresses and contents. */
const kept = (page: Page) =>
  page.evaluate(async () => {
    const found: { cache: string; url: string; body: string }[] = [];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        const answer = await cache.match(request);
        found.push({ cache: name, url: request.url, body: (await answer?.text()) ?? "" });
      }
    }
    return found;
  });

test("every page of the guide is read without a network, with the date of the copy", async () => {
  const page = await visited();
  await cut(page.context());
  const shallow = addresses().filter((path) => path.replace(/^\/en/, "").lastIndexOf("/") <= 0);
  const inside = (path: string) => path.replace(/^\/en(?=\/)/, "");
  for (const path of shallow.filter((path) => ![...PRIVATE, "/ngoai-tuyen"].includes(inside(path)))) {
    await page.goto(path);
    assert.equal(await status(page), 200, path);
    assert.ok(await page.locator("h1").first().isVisible(), path);
    await hydrated(page);
    const words = path.startsWith("/en") ? /copy saved on \d{2}\/\d{2}\/\d{4}/ : /bản đã lưu ngày \d{1,2}\/\d{1,2}\/\d{4}/;
    await page.locator(".net[role=status]").getByText(words).waitFor();
  }
  await assertAccessible(page, "a page without a network");
  await page.context().close();
});

test("pages inside a recovery say honestly that there is no network, and whom to call", async () => {
  const page = await visited();
  await cut(page.context());
  for (const path of PRIVATE.flatMap((path) => [path, `/en${path}`, `${path}/12`])) {
    await page.goto(path);
    assert.equal(await status(page), 503, path);
    const heading = path.startsWith("/en") ? "No network" : "Không có mạng";
    assert.equal(await page.locator("h1").innerText(), heading, path);
    assert.ok(await page.locator('header a[href^="tel:"]').isVisible(), `${path}: help where it always is`);
    const there = path.startsWith("/en") ? path.slice("/en".length) : `/en${path}`;
    assert.equal(await page.locator("header .language").getAttribute("href"), there, "the same place");
  }
  await page.locator("header .language").click();
  await page.getByRole("heading", { name: "No network" }).waitFor();
  await assertAccessible(page, "the page without a network");
  await page.context().close();
});

test("a page that was not kept says the same instead of the browser's own error", async () => {
  const page = await visited();
  await cut(page.context());
  await page.goto("/co-quan/chua-tung-xem");
  assert.equal(await status(page), 503);
  assert.equal(await page.locator("h1").innerText(), "Không có mạng");
  await page.context().close();
});

test("no answer of the API, no page inside a recovery and no query is ever kept", async () => {
  const page = await visited();
  await page.goto(`/email?ghi-chu=${CANARY}`);
  await page.goto(`/tong-dai?x=${CANARY}#${CANARY}`);
  for (const path of PRIVATE) await page.goto(`${path}?x=${CANARY}#${CANARY}`);
  await page.goto("/an-toan");
  await page.evaluate(async (canary) => {
    await fetch(`/api/v1/health?x=${canary}`);
    await fetch("/api/v1/captcha?form=email");
    await fetch("/form/email", { method: "POST", body: canary });
    await fetch("/lien-ket");
  }, CANARY);
  // Its copy is made after all of those.
  await page.goto("/vneid");
  await page.waitForLoadState("networkidle");
  const all = await kept(page);
  assert.ok(all.length > 10);
  for (const { url, body } of all) {
    const { pathname, search, hash } = new URL(url);
    assert.doesNotMatch(pathname, /^\/(api|form)(\/|$)/);
    assert.ok(!PRIVATE.includes(pathname.replace(/^\/en(?=\/)/, "")), url);
    assert.equal(search + hash, "", url);
    assert.ok(!body.includes(CANARY), url);
  }
  await page.context().close();
});

test("on a network that never answers the copy is shown, and says so", async () => {
  const page = await visited();
  network.set("slow");
  await page.goto("/tin-nhan");
  assert.ok(await page.locator("h1").isVisible());
  await page.locator(".net").getByText(/bản đã lưu ngày/).waitFor();
  network.set("good");
  await page.context().close();
});

test("back on the network the notice goes, and a new version takes the old one's place", async () => {
  const page = await visited();
  const before = await page.evaluate(() => caches.keys());
  await cut(page.context());
  await page.goto("/vneid");
  await page.locator(".net").getByText(/Không có mạng/).waitFor();
  network.rewrite = (path, body) => (path === "/sw.js" ? body.replace(/version:"[^"]*"/, 'version:"next"') : body);
  network.set("good");
  await page.context().setOffline(false);
  await page.waitForFunction(() => document.querySelector(".net")?.textContent === "");
  const now = await until("the new version", async () => {
    const names = await page.evaluate(() => caches.keys());
    return names.includes("chiakhoa-site-next") && !names.some((name) => before.includes(name)) ? names : undefined;
  });
  assert.ok(now.every((name) => name.endsWith("-next")), now.join());
  await page.context().close();
});

test("the kill switch empties the copies and ends the worker", async () => {
  const page = await visited();
  network.rewrite = (path, body) => (path === "/sw.js" ? body.replace("off:false", "off:true") : body);
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update());
  await until("an empty device", async () => {
    const left = await page.evaluate(async () => [
      ...(await caches.keys()),
      ...(await navigator.serviceWorker.getRegistrations()).filter(({ active }) => active?.state === "activated"),
    ]);
    return left.length === 0 ? true : undefined;
  });
  await page.context().close();
});
