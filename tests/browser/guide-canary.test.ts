// The whole guide is used by somebody who types personal data into every field there is: nothing of
// it leaves the device or stays on it. Watched are every byte of every request, whoever in the
// browser sends it, everything that the browser stores, and the history's addresses.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Locator, Page } from "playwright-core";
import { hydrated, launch, open, type Watched } from "../support/browser.ts";
import { Network } from "../support/network.ts";
import { SITES, addresses } from "../support/pages.ts";
import { Server } from "../support/server.ts";

const SMALL = { viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true };

/** Values that stand nowhere on the site; each kind of field has its own. */
const CANARY = {
  number: "9123456780",
  citizen: "079123456781",
  name: "Hoàng Yến Chim",
  email: "chim.hoang.yen@example.vn",
  phone: "0900 123 987",
};
/** A place, which a search may keep behind `#`: it is nobody's, and `#` is never sent. */
const PLACE = "Đống Đa canary";

/** Every form in which a value could travel. */
function forms(value: string): string[] {
  const bare = value.replaceAll(" ", "");
  const bytes = Buffer.from(value);
  const all = [
    value, bare, encodeURIComponent(value), encodeURIComponent(bare), encodeURI(value), value.replaceAll(" ", "+"),
    value.normalize("NFD"), encodeURIComponent(value.normalize("NFD")), value.toLowerCase(), value.toUpperCase(),
    bytes.toString("base64").replace(/=+$/, ""), bytes.toString("base64url"), bytes.toString("hex"),
  ];
  // Of a number the half of it would tell enough.
  if (/^\d{8,}$/.test(bare)) all.push(bare.slice(1), bare.slice(-8));
  return [...new Set(all)].filter((form) => form.length > 5);
}
const FORBIDDEN = Object.values(CANARY).flatMap(forms);

/** Which canary belongs into a field. */
async function canaryFor(field: Locator): Promise<string> {
  const [id, type] = await field.evaluate((it) => [it.id, (it as HTMLInputElement).type]);
  if (id === "ma-so") return CANARY.number;
  if (id === "thu-so") return CANARY.citizen;
  if (type === "tel") return CANARY.phone;
  if (type === "email") return CANARY.email;
  return CANARY.name;
}

let server: Server;
let browser: Browser;
let network: Network;
before(async () => {
  [server, browser] = await Promise.all([Server.start({ site: SITES.guide }), launch()]);
  network = await Network.start(server.url);
});
after(async () => {
  await browser?.close();
  await network?.stop();
  await server?.stop();
});

/** A person whose every trace is written down. */
class Typist {
  readonly page: Page;
  readonly #watched: Watched;
  /** What went over the wire, and the addresses that were visited, each with where it was seen. */
  readonly #traces: [where: string, text: string][] = [];
  /** What was used: that much of a guide there must be. */
  readonly used = { fields: 0, buttons: 0, links: 0, requests: 0 };

  private constructor(watched: Watched) {
    this.#watched = watched;
    this.page = watched.page;
    network.heard = (request) => {
      this.used.requests += 1;
      this.#traces.push(["a request", request]);
    };
    this.page.on("framenavigated", (frame) => this.#traces.push(["an address", frame.url()]));
    this.page.on("request", (request) => {
      // One for another host never reaches the wire that is watched here.
      this.#traces.push(["a request", `${request.url()} ${JSON.stringify(request.headers())} ${request.postData() ?? ""}`]);
    });
    this.page.on("console", (message) => this.#traces.push(["the console", message.text()]));
  }

  static async arrive(): Promise<Typist> {
    const watched = await open(browser, network.url, { ...SMALL, serviceWorkers: "allow" });
    const typist = new Typist(watched);
    await watched.page.addInitScript(() => {
      window.print = () => {};
      // Another app or another site would open; this browser has none, and they are not ours.
      addEventListener("click", (event) => {
        const link = (event.target as Element).closest?.("a[href]");
        if (link instanceof HTMLAnchorElement && link.origin !== location.origin) event.preventDefault();
      });
    });
    return typist;
  }

  /** Types into every field, ticks every box, in the way of a person who also presses Enter. */
  async fill(): Promise<void> {
    const { page } = this;
    const fields = page.locator("input:visible, textarea:visible, select:visible");
    for (const field of await fields.all()) {
      const type = await field.getAttribute("type");
      this.used.fields += 1;
      if (type === "checkbox" || type === "radio") {
        await field.check();
      } else if (type === "search") {
        // By mistake a number or an email too; then the place that was meant.
        for (const text of [CANARY.number, CANARY.phone, CANARY.email, PLACE]) {
          await field.fill(text);
          await field.press("Enter");
          this.#traces.push(["an address", page.url()]);
        }
      } else {
        await field.fill(await canaryFor(field));
        await field.press("Enter");
        await field.blur();
      }
    }
  }

  /** Every button and every fold, with what was typed still standing there. */
  async press(): Promise<void> {
    const { page } = this;
    for (const fold of await page.locator("main summary:visible").all()) await fold.tap();
    for (const button of await page.locator("button:visible").all()) {
      this.used.buttons += 1;
      await button.tap();
    }
    // Off to another app and back, as the buttons suggest.
    for (const hidden of [true, false]) {
      await page.evaluate((hidden) => {
        Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
      }, hidden);
    }
    this.#traces.push(["an address", page.url()]);
  }

  /** Follows a link from a page full of canaries, and comes back. */
  async follow(path: string, href: string): Promise<void> {
    const { page } = this;
    this.used.links += 1;
    // What was looked for may come late, in folds that are filled when they open.
    await page.waitForFunction((href) => {
      document.querySelectorAll("details").forEach((one) => (one.open = true));
      return [...document.querySelectorAll(`a[href="${href}"]`)].some((link) => link.checkVisibility());
    }, href);
    await page.locator(`a[href="${href}"]:visible`).first().click();
    if (href.startsWith("/")) await page.waitForURL((url) => url.pathname === new URL(href, network.url).pathname);
    // Licences are plain text.
    await page.locator("h1, pre").first().waitFor();
    this.#traces.push(["an address", page.url()]);
    await page.goto(path);
    await hydrated(page);
  }

  /** Looks at everything that the browser keeps. */
  async look(): Promise<void> {
    const { page } = this;
    const kept = await page.evaluate(async () => {
      const found: Record<string, string> = {
        localStorage: JSON.stringify({ ...localStorage }),
        sessionStorage: JSON.stringify({ ...sessionStorage }),
        "document.cookie": document.cookie,
        "history.state": JSON.stringify(history.state) ?? "",
        "window.name": self.name,
        "the title": document.title,
        IndexedDB: JSON.stringify(await indexedDB.databases()),
      };
      for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
          const answer = await cache.match(request);
          found[`${name}: ${request.url}`] = `${request.url} ${(await answer?.text()) ?? ""}`;
        }
      }
      return found;
    });
    const session = await page.context().newCDPSession(page);
    const { entries } = await session.send("Page.getNavigationHistory");
    await session.detach();
    const cookies = await page.context().cookies();
    assert.deepEqual(cookies, [], "a guide sets no cookie");
    for (const store of ["localStorage", "sessionStorage"]) assert.equal(kept[store], "{}", store);
    assert.equal(kept["IndexedDB"], "[]");
    const places: [string, string][] = [
      ...this.#traces.splice(0),
      ...Object.entries(kept),
      ...entries.map(({ url, title }): [string, string] => ["the history", `${url} ${title}`]),
    ];
    for (const [where, text] of places) {
      for (const form of FORBIDDEN) assert.ok(!text.includes(form), `“${form}” in ${where}: ${excerpt(text, form)}`);
      // A place may stand behind `#` of an address, and nowhere else.
      const searched = where === "a request" || where.startsWith("chiakhoa-") ? text : text.replace(/#tim=\S*/g, "");
      for (const form of forms(PLACE)) assert.ok(!searched.includes(form), `“${form}” in ${where}: ${excerpt(text, form)}`);
    }
  }

  async leave(): Promise<void> {
    await this.look();
    const foreign = this.#watched.complaints.filter((complaint) => complaint.startsWith("third party"));
    assert.deepEqual(foreign, []);
    network.heard = () => {};
    await this.page.context().close();
  }
}

const excerpt = (text: string, form: string): string => {
  const at = text.indexOf(form);
  return text.slice(Math.max(0, at - 200), at + 200);
};

/** Waits for the directory's own program, where a page has it: before that its field does nothing. */
async function ready(page: Page): Promise<void> {
  await hydrated(page);
  const field = page.locator("[data-finder][data-search] input");
  if ((await field.count()) === 0) return;
  // The first letters ask for it; that it answers shows that it is there.
  await field.fill("Đống Đa");
  await page.locator("[data-results]:not([hidden])").waitFor({ timeout: 30_000 });
  await field.fill("");
}

const shown = addresses("guide").filter((path) => !path.endsWith("/ngoai-tuyen"));

for (const [language, mine] of [
  ["Vietnamese", shown.filter((path) => !/^\/en(\/|$)/.test(path))],
  ["English", shown.filter((path) => /^\/en(\/|$)/.test(path))],
] as const) {
  test(`with canaries in every field of the ${language} guide, every button and link used, nothing leaves or stays`, async () => {
    const typist = await Typist.arrive();
    const { page } = typist;
    const followed = new Set<string>();
    for (const path of mine) {
      await page.goto(path);
      await ready(page);
      await typist.fill();
      await typist.press();
      await typist.look();
      const hrefs = await page.locator("a[href]").evaluateAll((all) => all.map((it) => it.getAttribute("href") ?? ""));
      const hasFields = (await page.locator("input").count()) > 0;
      for (const href of new Set(hrefs)) {
        // From a page with fields each link once more: there is something to leak.
        const key = hasFields ? `${path} ${href}` : href;
        if (followed.has(key) || href.startsWith("#") || /\/co-quan\/./.test(href)) continue;
        followed.add(key);
        if (hasFields) await typist.fill();
        await typist.follow(path, href).catch((error: unknown) => {
          throw new Error(`from ${path} to ${href}, now at ${page.url()}`, { cause: error });
        });
      }
      await typist.look();
    }
    const { fields, buttons, links, requests } = typist.used;
    assert.ok(fields > 100 && buttons > 6 && links > 80 && requests > 100, JSON.stringify(typist.used));
    await typist.leave();
  });
}

test("without a network, with the same canaries, nothing stays either, and nothing is sent once it is back", async () => {
  const typist = await Typist.arrive();
  const { page } = typist;
  await page.goto("/");
  await page.waitForFunction(() => navigator.serviceWorker?.controller !== null);
  network.set("cut");
  await page.context().setOffline(true);
  for (const path of ["/tin-nhan", "/van-phong", "/en/tin-nhan", "/en/van-phong", "/co-quan"]) {
    await page.goto(path);
    await ready(page);
    await typist.fill();
    await typist.press();
    await typist.look();
  }
  network.set("good");
  await page.context().setOffline(false);
  await page.goto("/tong-dai");
  await hydrated(page);
  await page.waitForLoadState("networkidle");
  assert.ok(typist.used.requests > 0, "requests were watched");
  await typist.leave();
});

test("what is looked for is found where it does leak", async () => {
  const leaks: Record<string, (page: Page) => Promise<unknown>> = {
    "a request": (page) => page.evaluate((it) => fetch("/api/v1/health", { headers: { "x-note": it } }), CANARY.number),
    "sessionStorage": (page) => page.evaluate((it) => sessionStorage.setItem("x", it), CANARY.email),
    "the history": (page) => page.evaluate((it) => history.pushState(null, "", `?x=${encodeURIComponent(it)}`), CANARY.name),
    "a cache": (page) => page.evaluate(async (it) => (await caches.open("x")).put("/x", new Response(it)), CANARY.phone),
    "a cookie": (page) => page.evaluate((it) => (document.cookie = `x=${it}`), CANARY.number),
  };
  for (const [what, leak] of Object.entries(leaks)) {
    const typist = await Typist.arrive();
    await typist.page.goto("/");
    await hydrated(typist.page);
    await typist.look();
    await leak(typist.page);
    await assert.rejects(typist.look(), what);
    await typist.page.context().close();
  }
});
