// The guide as people use it: on a narrow phone, in both languages, with and without scripts.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import {
  assertAccessible, assertNoSidewaysScroll, assertQuiet, hydrated, launch, open, type Watched,
} from "../support/browser.ts";
import { Server } from "../support/server.ts";

const SMALL = { viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true };
const PREFIXES = ["", "/en"];
/** Pages of prose; `/email`, another one here, has tests of its own. */
const GUIDES = ["/vneid", "/tin-nhan", "/tong-dai", "/van-phong", "/an-toan", "/quyen-rieng-tu"];
const NUMBER = "9000000001";

let server: Server;
let browser: Browser;
before(async () => {
  [server, browser] = await Promise.all([Server.start({ site: "dist-guide" }), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const home = (prefix: string) => prefix || "/";

/** Runs `act` in a browser of its own, on a page that must not complain. */
async function visit(
  path: string,
  act: (page: Page, watched: Watched) => Promise<void>,
  options: BrowserContextOptions = SMALL,
): Promise<void> {
  const watched = await open(browser, server.url, options);
  try {
    await watched.page.goto(path);
    if (options.javaScriptEnabled !== false) await hydrated(watched.page);
    await act(watched.page, watched);
    assertQuiet(watched);
  } finally {
    await watched.page.context().close();
  }
}

/** Each case of the first page, and where its first links lead, shortest way first. */
const CASES: [string, string[]][] = [
  ["doi-so", ["/vneid", "/email", "/van-phong", "/tong-dai"]],
  ["chua-co-email", ["/vneid", "/tong-dai", "/van-phong"]],
  ["khong-con-gi", ["/vneid", "/van-phong"]],
  ["so-tai-khoan", ["tel:19009068"]],
  ["giup-nguoi-than", ["/van-phong"]],
  ["nuoc-ngoai", ["/vneid", "/email", "tel:+842437899999"]],
  ["bao-sai", ["#so-tai-khoan"]],
];

const summaryOf = (page: Page, part: string) => page.locator(`details:has(> #${part}) > summary`);

for (const prefix of PREFIXES) {
  test(`the first page leads to one way for each thing one may still have (${prefix || "/vi"})`, async () => {
    await visit(home(prefix), async (page) => {
      const ways = await page.locator(".choice").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
      assert.deepEqual(ways, ["/vneid", "/email", "/tong-dai", "/van-phong"].map((way) => prefix + way));
      for (const text of await page.locator(".choice-facts").allTextContents()) assert.match(text, /·/);
      await assertNoSidewaysScroll(page);
    });
  });

  for (const [part, ways] of CASES) {
    test(`the case "${part}" is answered on the first page and stays open on the way back (${prefix || "/vi"})`, async () => {
      await visit(home(prefix), async (page) => {
        const answer = page.locator(`#${part}`);
        assert.equal(await answer.isVisible(), false);
        await summaryOf(page, part).tap();
        assert.equal(await answer.isVisible(), true);
        const links = await answer.locator("a").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
        const expected = ways.map((way) => (way.startsWith("/") ? prefix + way : way));
        assert.deepEqual(links.filter((link) => !link?.startsWith("https:")), expected);
        const inside = expected.find((way) => way.startsWith("/"));
        if (inside !== undefined) {
          await answer.locator(`a[href="${inside}"]`).first().tap();
          await page.waitForURL(server.url + inside);
          await page.locator("h1").waitFor();
          await page.goBack();
        } else {
          await page.reload();
        }
        await answer.waitFor({ state: "visible" });
        assert.equal(new URL(page.url()).hash, `#${part}`);
      });
    });
  }
}

test("a link to a part from another page opens it", async () => {
  await visit("/tin-nhan", async (page) => {
    await page.locator('#ma-so-giup a[href="/#so-tai-khoan"]').tap();
    await page.locator("#so-tai-khoan").waitFor({ state: "visible" });
  });
});

/** How a person comes to an answer: at an address, or by a link on another page. */
const ANSWERS: [string, string, string?][] = [
  ["/#so-tai-khoan", "so-tai-khoan"],
  ["/en#giup-nguoi-than", "giup-nguoi-than"],
  ["/van-phong#sua-xong", "sua-xong"],
  ["/tong-dai", "nuoc-ngoai", "khong-goi-duoc"],
];

for (const [path, part, through] of ANSWERS) {
  test(`whoever is led to #${part} sees the question too, below the line that stays`, async () => {
    for (const viewport of [{ width: 320, height: 640 }, { width: 360, height: 640 }, { width: 1024, height: 640 }]) {
      await visit(path, async (page) => {
        if (through) {
          await summaryOf(page, through).click();
          await page.locator(`#${through} a[href$="#${part}"]`).click();
          await hydrated(page);
        }
        await page.locator(`#${part}`).waitFor({ state: "visible" });
        const [question, line] = await Promise.all([summaryOf(page, part).boundingBox(), page.locator(".header").boundingBox()]);
        assert.ok(question && line && question.y < 200, `${JSON.stringify(question)} is where one looks`);
        assert.ok(question.y >= line.y + line.height, `${question.y} is below ${line.y + line.height} at ${viewport.width}`);
      }, { viewport });
    }
  });
}

/** What each kind of device says of itself, and how its link begins. */
const DEVICES: [string, BrowserContextOptions, string][] = [
  ["Android", { ...SMALL, userAgent: "Mozilla/5.0 (Linux; Android 10; K) Chrome/142.0.0.0 Mobile" }, "sms:8079?body="],
  ["iPhone", { ...SMALL, userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Safari/604.1" }, "sms:8079&body="],
  ["desktop", { userAgent: "Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0.0.0" }, "sms:8079?&body="],
];

for (const [device, options, start] of DEVICES) {
  test(`the text is composed for ${device}`, async () => {
    await visit("/tin-nhan", async (page) => {
      const link = page.locator("[data-sms-link]");
      const field = page.locator("#ma-so");
      assert.equal(await link.getAttribute("href"), `${start}BH%20MK%20`);
      await field.fill("900 000 0001");
      assert.equal(await link.getAttribute("href"), `${start}BH%20MK%20${NUMBER}`);
      assert.equal(await page.locator("#noi-dung-tin").innerText(), `BH MK ${NUMBER}`);
      await field.fill(`HC401${NUMBER}`);
      assert.equal(await link.getAttribute("href"), `${start}BH%20MK%20${NUMBER}`);
      assert.equal(await page.locator('[data-when="card"]').isVisible(), true);
      // Nobody says that the service knows the number of the citizen card.
      await field.fill("079000000001");
      assert.equal(await link.getAttribute("href"), `${start}BH%20MK%20`);
      assert.equal(await page.locator('[data-when="citizen"]').isVisible(), true);
      await field.fill("90000");
      assert.equal(await page.locator('[data-when="wrong"]').isVisible(), false, "not while typing");
      await field.blur();
      assert.equal(await page.locator('[data-when="wrong"]').isVisible(), true);
      assert.equal(await field.getAttribute("aria-invalid"), "true");
      await assertAccessible(page, "a wrong number");
    }, options);
  });
}

test("a computer draws the text as a QR code of its own, a phone does not show one", async () => {
  await visit("/tin-nhan", async (page) => {
    assert.equal(await page.locator("[data-qr] svg").count(), 0);
    await page.locator("#ma-so").fill(NUMBER);
    const drawing = page.locator("[data-qr] svg path").last();
    const first = await drawing.getAttribute("d");
    assert.equal(await page.locator("[data-qr] svg").isVisible(), true);
    await page.locator("#ma-so").fill("9000000002");
    assert.notEqual(await drawing.getAttribute("d"), first);
  }, {});
  await visit("/tin-nhan", async (page) => {
    await page.locator("#ma-so").fill(NUMBER);
    assert.equal(await page.locator("[data-qr] svg").isVisible(), false);
  });
});

test("the text is copied, and said to be", async () => {
  await visit("/tin-nhan", async (page) => {
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    const copy = page.locator('[data-copy="noi-dung-tin"]');
    await copy.tap();
    assert.equal(await page.locator('[data-when="wrong"]').isVisible(), true, "first the number");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "ma-so");
    await page.locator("#ma-so").fill(NUMBER);
    await copy.tap();
    await page.locator('[data-said="noi-dung-tin"]', { hasText: "Đã chép" }).waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `BH MK ${NUMBER}`);
  });
});

test("where the browser has no clipboard the text is selected, and that is said", async () => {
  const watched = await open(browser, server.url, SMALL);
  const { page } = watched;
  await page.addInitScript(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
  await page.goto("/en/tin-nhan");
  await hydrated(page);
  await page.locator("#ma-so").fill(NUMBER);
  await page.locator('[data-copy="noi-dung-tin"]').tap();
  await page.locator('[data-said="noi-dung-tin"]', { hasText: "selected" }).waitFor();
  assert.equal(await page.evaluate(() => getSelection()?.toString()), `BH MK ${NUMBER}`);
  assertQuiet(watched);
  await page.context().close();
});

/** Another app comes to the front, or leaves it. */
const behind = (page: Page, hidden: boolean) =>
  page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  }, hidden);

for (const [path, number, leave, question, answer] of [
  ["/tin-nhan", NUMBER, "[data-sms-link]", "tra-loi", "khong-khop"],
  ["/en/tong-dai", undefined, ".button-call", "may-noi", "khong-phim-8"],
] as const) {
  test(`after the other app ${path} asks what happened, and keeps its place`, async () => {
    await visit(path, async (page) => {
      // The test browser has no other app to open.
      await page.locator(leave).evaluate((link) => link.addEventListener("click", (event) => event.preventDefault()));
      if (number) {
        await page.locator(leave).tap();
        await behind(page, true);
        assert.equal(new URL(page.url()).hash, "", "a text without its number is refused: nobody has left");
        await behind(page, false);
        await page.locator("#ma-so").fill(number);
      }
      await page.locator(leave).tap();
      assert.equal(new URL(page.url()).hash, "", "nothing moves before the other app is there");
      await behind(page, true);
      assert.equal(new URL(page.url()).hash, `#${question}`, "a page thrown away comes back here");
      await behind(page, false);
      assert.equal(await page.evaluate(() => document.activeElement?.id), question);
      await page.reload();
      await hydrated(page);
      await page.waitForFunction((id) => {
        const top = document.getElementById(id)?.getBoundingClientRect().top ?? -1;
        return top >= 0 && top < innerHeight;
      }, question);
      await summaryOf(page, answer).tap();
      await page.reload();
      await page.locator(`#${answer}`).waitFor({ state: "visible" });
    });
  });
}

test("the number to call stays in sight, and hides nothing that has the focus", async () => {
  for (const path of ["/", "/en/van-phong"]) {
    await visit(path, async (page) => {
      const end = () => window.scrollTo(0, document.documentElement.scrollHeight);
      await page.evaluate(end);
      const number = await page.locator(".help").boundingBox();
      assert.ok(number && number.y >= 0 && number.y < 60, JSON.stringify(number));
      await page.locator("footer a").last().focus();
      let steps = 0;
      for (; steps < 100; steps += 1) {
        await page.keyboard.press("Shift+Tab");
        const seen = await page.evaluate(() => {
          const focused = document.activeElement as Element;
          if (focused.closest("header")) return undefined;
          const line = document.querySelector(".header")?.getBoundingClientRect().bottom ?? 0;
          return { what: focused.outerHTML.slice(0, 80), below: focused.getBoundingClientRect().top - line };
        });
        if (!seen) break;
        assert.ok(seen.below >= 0, `${path}: ${JSON.stringify(seen)}`);
      }
      assert.ok(steps > 10 && steps < 100, `${path}: ${steps} steps back to the header`);
    });
  }
});

test("what was typed before the page worked is in the text", async () => {
  const { page } = await open(browser, server.url, SMALL);
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/*.wasm", async (route) => {
    await held;
    await route.continue();
  });
  await page.goto("/tin-nhan", { waitUntil: "domcontentloaded" });
  await page.locator("#ma-so").fill(NUMBER);
  const copy = page.locator('[data-copy="noi-dung-tin"]');
  await copy.tap();
  assert.equal(await copy.getAttribute("aria-disabled"), "true", "it waits, and shows it");
  release();
  await hydrated(page);
  await page.waitForFunction((number) => document.querySelector("#noi-dung-tin")?.textContent?.endsWith(number), NUMBER);
  assert.equal(await page.locator("#ma-so").inputValue(), NUMBER);
  await page.locator('[data-said="noi-dung-tin"]:not(:empty)').waitFor();
  assert.equal(await copy.getAttribute("aria-disabled"), null);
  await page.context().close();
});

test("the letter fills itself on the device and prints without its form", async () => {
  await visit("/van-phong", async (page) => {
    const letter = page.locator("#thu");
    assert.match(await letter.innerText(), /Tôi là: \.{10,}/);
    await page.locator("#thu-ten").fill("Người Thử Nghiệm");
    await page.locator("#thu-so").fill(NUMBER);
    await page.locator("#thu-dien-thoai").fill("0900 000 001");
    await page.locator("#thu-email").fill("tv1@example.vn");
    await page.locator("#mat-so").check();
    const text = await letter.innerText();
    for (const part of ["Tôi là: Người Thử Nghiệm", NUMBER, "0900 000 001", "tv1@example.vn", "☑ số điện thoại", "☐ email"]) {
      assert.ok(text.includes(part), part);
    }
    await page.locator("#thu-ten").fill("");
    assert.match(await letter.innerText(), /Tôi là: \.{10,}/);
    const printed = page.evaluate(() => new Promise((resolve) => (window.print = () => resolve(true))));
    await page.locator("[data-print]").tap();
    assert.equal(await printed, true);
    await page.emulateMedia({ media: "print" });
    assert.equal(await letter.isVisible(), true);
    assert.equal(await page.locator(".checklist").isVisible(), true);
    assert.equal(await page.locator("#thu-ten").isVisible(), false);
    assert.equal(await page.locator("[data-print]").isVisible(), false);
  });
});

test("nothing typed gets into a request, an address or the browser's storage", async () => {
  const canaries = ["9123456780", "9123456781", "Người Chim Hoàng Yến", "0900 123 987", "chim.hoang.yen@example.vn"];
  const sent: string[] = [];
  await visit("/", async (page) => {
    page.on("request", (request) => sent.push(`${request.url()}\n${request.postData() ?? ""}\n${JSON.stringify(request.headers())}`));
    const addresses: string[] = [];
    page.on("framenavigated", (frame) => addresses.push(frame.url()));
    for (const prefix of PREFIXES) {
      await page.goto(`${prefix}/tin-nhan`);
      await hydrated(page);
      await page.locator("#ma-so").fill(canaries[0] ?? "");
      await page.locator('[data-copy="noi-dung-tin"]').tap();
      await behind(page, true);
      addresses.push(page.url());
      await behind(page, false);
      await page.goto(`${prefix}/van-phong`);
      await hydrated(page);
      for (const [at, id] of ["thu-so", "thu-ten", "thu-dien-thoai", "thu-email"].entries()) {
        await page.locator(`#${id}`).fill(canaries[at + 1] ?? "");
        await page.locator(`#${id}`).press("Enter");
      }
      await page.locator('[data-copy="thu"]').tap();
      // On to another page and back, as the app does it.
      await page.locator(`a[href="${prefix}/an-toan"]`).first().tap();
      await page.waitForURL(`**${prefix}/an-toan`);
      await page.goBack();
      await page.locator("#thu").waitFor();
      addresses.push(page.url());
    }
    const kept = await page.evaluate(async () =>
      JSON.stringify([
        { ...localStorage }, { ...sessionStorage }, document.cookie, history.state,
        await indexedDB.databases(), await caches.keys(),
      ]),
    );
    for (const canary of canaries) {
      const forms = [canary, encodeURIComponent(canary), canary.replaceAll(" ", "+"), btoa(unescape(encodeURIComponent(canary)))];
      for (const form of forms) {
        for (const text of [...sent, ...addresses, kept]) assert.ok(!text.includes(form), `${form} in ${text}`);
      }
    }
    assert.ok(sent.length > 10, "requests were watched");
  });
});

for (const prefix of PREFIXES) {
  test(`without JavaScript every page can be read and the numbers called (${prefix || "/vi"})`, async () => {
    for (const path of [home(prefix), ...GUIDES.map((guide) => prefix + guide)]) {
      await visit(path, async (page) => {
        assert.ok((await page.locator("main").innerText()).length > 300, path);
        assert.ok(await page.locator('a[href="tel:19009068"]').first().isVisible(), path);
        const folded = page.locator("details").first();
        await folded.locator("> summary").tap();
        assert.equal(await folded.evaluate((it) => (it as HTMLDetailsElement).open), true, path);
        await assertNoSidewaysScroll(page);
      }, { ...SMALL, javaScriptEnabled: false });
    }
    await visit(`${prefix}/tin-nhan`, async (page) => {
      assert.match(await page.locator("#noi-dung-tin").innerText(), /^BH MK \[10 /);
      assert.equal(await page.locator("[data-sms-link]").getAttribute("href"), "sms:8079?&body=BH%20MK%20");
      assert.equal(await page.locator("noscript .warning").isVisible(), true);
      assert.equal(await page.locator('[data-copy="noi-dung-tin"]').isVisible(), false, "nothing that does nothing");
      assert.equal(await page.locator("#ma-so").isVisible(), false);
    }, { ...SMALL, javaScriptEnabled: false });
  });
}

test("where WebAssembly is blocked the pages can be read and the text opened", async () => {
  const { page } = await open(browser, server.url, SMALL);
  await page.route("**/*.wasm", (route) => route.abort());
  for (const path of ["/", "/tin-nhan", "/en/van-phong"]) {
    await page.goto(path);
    assert.ok(await page.locator("h1").isVisible());
    await page.locator("details > summary").first().tap();
  }
  await page.goto("/tin-nhan");
  assert.match((await page.locator("[data-sms-link]").getAttribute("href")) ?? "", /^sms:8079\?&body=BH%20MK%20$/);
  await page.context().close();
});

test("each statement's source is told, and questions are structured data that nothing complains about", async () => {
  for (const prefix of PREFIXES) {
    for (const path of [home(prefix), ...GUIDES.filter((guide) => guide !== "/quyen-rieng-tu").map((guide) => prefix + guide)]) {
      await visit(path, async (page) => {
        const data = JSON.parse((await page.locator('script[type="application/ld+json"]').textContent()) ?? "") as {
          "@type": string;
          mainEntity: { name: string; acceptedAnswer: { text: string } }[];
        };
        assert.equal(data["@type"], "FAQPage");
        const asked = await page.locator("details.qa > summary").allTextContents();
        assert.deepEqual(data.mainEntity.map(({ name }) => name), asked.map((text) => text.replace(/\s+/g, " ").trim()));
        assert.ok((await page.locator(".sources .sure").count()) >= 3, path);
      });
    }
  }
});
