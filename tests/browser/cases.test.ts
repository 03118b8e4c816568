// The real cases on a small phone, in both languages: each leads from the first page to something
// that can be done, with everything working, without JavaScript, without WebAssembly, and without
// a network; on the site of a service and on that of a guide.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { assertNoSidewaysScroll, assertQuiet, hydrated, launch, open, type Watched } from "../support/browser.ts";
import { Network } from "../support/network.ts";
import { SITES, type Site } from "../support/pages.ts";
import { Server } from "../support/server.ts";

const SMALL = { viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true };
const PREFIXES = ["", "/en"];
const HOTLINE = 'a[href="tel:19009068"]';
const ABROAD = 'a[href="tel:+842437899999"]';

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

interface Case {
  /** What the person says, by its part of the first page. */
  part: string;
  /** What the answer itself must show. */
  shows?: string[];
  /** Where the answer leads, and what one finds there to act on. */
  ways: [path: string, finds: string][];
}

const CASES: Record<string, Case> = {
  "phone changed or SIM lost": {
    part: "doi-so",
    ways: [["/vneid", ".steps > li"], ["/email", "main form, main .steps"], ["/van-phong", ".checklist > li"]],
  },
  "no email ever declared": {
    part: "chua-co-email",
    ways: [["/tong-dai", `main ${HOTLINE}.button`], ["/van-phong", "#thu"]],
  },
  "both forgotten": { part: "khong-con-gi", ways: [["/vneid", ".steps > li"], ["/van-phong", "#loi-goi"]] },
  "which number is the account": { part: "so-tai-khoan", shows: [".card-number mark", HOTLINE], ways: [] },
  "helping a relative, on their phone or on mine": { part: "giup-nguoi-than", ways: [["/van-phong", "#thu"]] },
  "abroad": { part: "nuoc-ngoai", shows: [ABROAD], ways: [["/vneid", ".steps > li"], ["/email", "main form, main .steps"]] },
};

/** Whether the page's own program works, and so who draws the next page. */
type Ready = (page: Page) => Promise<unknown>;

async function walk(page: Page, prefix: string, { part, shows = [], ways }: Case, ready: Ready): Promise<void> {
  const first = prefix || "/";
  await page.goto(first);
  await ready(page);
  const answer = page.locator(`#${part}`);
  assert.equal(await answer.isVisible(), false);
  await page.locator(`details:has(> #${part}) > summary`).tap();
  await answer.waitFor();
  await assertNoSidewaysScroll(page);
  for (const what of shows) assert.ok(await answer.locator(what).first().isVisible(), what);
  for (const [path, finds] of ways) {
    await answer.locator(`a[href="${prefix}${path}"]`).first().tap();
    await page.waitForURL((url) => url.pathname === prefix + path);
    await page.locator(finds).first().waitFor();
    assert.ok(await page.locator(HOTLINE).first().isVisible(), `${path}: help where it always is`);
    await assertNoSidewaysScroll(page);
    await page.goBack();
    await page.waitForURL((url) => url.pathname === first);
    // Without the page's program nothing need remember what was open.
    const opens = ready === nothing && !(await answer.isVisible());
    if (opens) await page.locator(`details:has(> #${part}) > summary`).tap();
    await answer.waitFor();
  }
}

/** All cases in one tab, in both languages. */
async function walkAll(watched: Watched, ready: Ready): Promise<void> {
  for (const prefix of PREFIXES) {
    for (const [name, real] of Object.entries(CASES)) {
      await walk(watched.page, prefix, real, ready).catch((error: unknown) => {
        throw new Error(`${name} (${prefix || "/vi"})`, { cause: error });
      });
    }
  }
  await watched.page.context().close();
}

const small = (options: BrowserContextOptions = {}, site: Site = "service") =>
  open(browser, servers[site].url, { ...SMALL, ...options });
const nothing: Ready = async () => {};

for (const site of ["service", "guide"] as const) {
  test(`every case leads to something that can be done (${site})`, async () => {
    const watched = await small({}, site);
    await walkAll(watched, hydrated);
    assertQuiet(watched);
  });

  test(`every case leads on without JavaScript (${site})`, async () => {
    const watched = await small({ javaScriptEnabled: false }, site);
    await walkAll(watched, nothing);
    assertQuiet(watched);
  });

  test(`every case leads on where WebAssembly is blocked (${site})`, async () => {
    const watched = await small({}, site);
    await watched.page.addInitScript(() => Reflect.deleteProperty(globalThis, "WebAssembly"));
    await walkAll(watched, nothing);
    assert.deepEqual(watched.complaints.filter((complaint) => complaint.startsWith("third party")), []);
  });

  test(`every case leads on without a network, once the site has been seen (${site})`, async () => {
    const network = await Network.start(servers[site].url);
    const watched = await open(browser, network.url, { ...SMALL, serviceWorkers: "allow" });
    const { page } = watched;
    await page.goto("/");
    await page.waitForFunction(() => navigator.serviceWorker?.controller !== null);
    network.set("cut");
    await page.context().setOffline(true);
    await walkAll(watched, hydrated);
    await network.stop();
  });
}

/** The same part of the page in the other language, and back. */
for (const [path, part] of [["/", "nuoc-ngoai"], ["/tong-dai", "khong-phim-8"], ["/an-toan", "da-chuyen-tien"]] as const) {
  test(`the language changes on ${path} and the open part stays open`, async () => {
    const watched = await small();
    const { page } = watched;
    await page.goto(`${path}?ref=zalo`);
    await hydrated(page);
    await page.locator(`details:has(> #${part}) > summary`).tap();
    for (const there of [path === "/" ? "/en" : `/en${path}`, path]) {
      await page.locator(".language").tap();
      await page.waitForURL((url) => url.pathname === there && url.hash === `#${part}`);
      assert.equal(new URL(page.url()).search, "?ref=zalo");
      await page.locator(`#${part}`).waitFor({ state: "visible" });
    }
    assertQuiet(watched);
    await page.context().close();
  });
}

test("a link's secret never goes along to the other language", async () => {
  const { page } = await small();
  const addresses: string[] = [];
  page.on("framenavigated", (frame) => addresses.push(frame.url()));
  const secret = "canary".repeat(12);
  await page.goto(`/lien-ket#${secret}`);
  await hydrated(page);
  assert.equal(new URL(page.url()).hash, "");
  await page.locator(".language").tap();
  await page.waitForURL("**/en/lien-ket");
  assert.deepEqual(addresses.slice(1).filter((address) => address.includes(secret)), []);
  assert.equal(await page.locator(".language").getAttribute("href"), "/lien-ket");
  await page.context().close();
});
