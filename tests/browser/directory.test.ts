// The directory as people use it: searching, near me, the page of an office.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import {
  assertAccessible,
  assertNoSidewaysScroll,
  assertQuiet,
  hydrated,
  launch,
  open,
  type Watched,
} from "../support/browser.ts";
import { Server } from "../support/server.ts";

let server: Server;
let browser: Browser;
before(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Opens a page and waits until the app has taken it over. */
async function visit(path: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const watched = await open(browser, server.url, options);
  await watched.page.goto(path);
  await hydrated(watched.page);
  return watched;
}

const field = (page: Page) => page.getByRole("searchbox");
const hits = (page: Page) => page.locator(".hits > .hit");
const status = (page: Page) => page.locator("[data-count]");

/** Types, and waits for rows. */
async function search(page: Page, text: string): Promise<void> {
  await field(page).fill(text);
  await page.locator("[data-rows] > *").first().waitFor();
}

async function end({ page }: Watched): Promise<void> {
  await page.context().close();
}

test("an old ward leads to the new one, says why, and to the office that serves it", async () => {
  const watched = await visit("/co-quan");
  const { page } = watched;
  await search(page, "ben nghe q1");
  const first = hits(page).first();
  assert.equal(await first.locator("mark").first().textContent(), "Bến Nghé");
  assert.match((await first.textContent()) ?? "", /Từ 01\/7\/2025, Phường Bến Nghé nhập vào Phường Sài Gòn/);
  await assertAccessible(page, "results");
  await assertNoSidewaysScroll(page);
  await first.locator(".office-name a").click();
  await page.waitForURL(/\/co-quan\/[a-z-]+$/);
  await page.locator("[data-open]:not(:empty)").waitFor();
  assert.match((await page.locator("main").textContent()) ?? "", /Nguồn/);
  await page.goBack();
  await hits(page).first().waitFor();
  assert.equal(await field(page).inputValue(), "ben nghe q1", "the way back leads to what was found");
  assert.ok(!page.url().includes("?"), "no server hears what was typed");
  assertQuiet(watched);
  await end(watched);
});

test("every page leads to the directory, and it works where the app draws it", async () => {
  for (const [home, there, words] of [
    ["/", "/co-quan", "Tìm cơ quan BHXH của bạn"],
    ["/en", "/en/co-quan", "Find your social-insurance office"],
  ] as const) {
    const watched = await visit(home);
    const { page } = watched;
    assert.equal(await page.locator("main").getByRole("link", { name: words }).count(), 1);
    await page.locator("footer").getByRole("link", { name: words }).click();
    await page.waitForURL((url) => url.pathname === there);
    await search(page, "ben nghe q1");
    assert.equal(await page.title(), `${words} – Chìa Khoá`);
    // To an office and on to another language, without a load in between.
    await hits(page).first().locator(".office-name a").first().click();
    await page.locator("[data-open]:not(:empty)").waitFor();
    await page.locator("a.language").click();
    await page.locator("[data-open]:not(:empty)").waitFor();
    await page.goBack();
    await page.locator("[data-open]:not(:empty)").waitFor();
    assertQuiet(watched);
    await end(watched);
  }
});

test("the page for an office in person leads to the directory", async () => {
  for (const path of ["/van-phong", "/en/van-phong"]) {
    const watched = await visit(path);
    await watched.page.locator("a.button[href$='/co-quan']").click();
    await field(watched.page).waitFor();
    assertQuiet(watched);
    await end(watched);
  }
});

test("results come with the first letters, and the count is announced after a pause", async () => {
  const watched = await visit("/co-quan");
  const { page } = watched;
  await assertAccessible(page, "before anything is typed");
  await field(page).pressSequentially("ba d", { delay: 30 });
  await hits(page).first().waitFor();
  assert.doesNotMatch((await status(page).textContent()) ?? "", /Tìm thấy/);
  await page.waitForFunction(() => /Tìm thấy \d+ kết quả/.test(document.querySelector("[data-count]")?.textContent ?? ""));
  assert.equal(await status(page).getAttribute("role"), "status");
  await field(page).fill("");
  await page.waitForFunction(() => document.querySelector("[data-results]")?.hasAttribute("hidden"));
  assertQuiet(watched);
  await end(watched);
});

test("a divided ward asks which part, a name borne by many asks for the district", async () => {
  const watched = await visit("/co-quan");
  const { page } = watched;
  await search(page, "an phú, thủ đức");
  const parts = hits(page).first().locator("details");
  assert.ok((await parts.count()) > 1);
  await parts.first().locator("summary").click();
  await parts.first().locator(".place").waitFor();
  await assertAccessible(page, "a divided ward");
  await search(page, "phường 1 tphcm");
  const row = hits(page).filter({ has: page.locator("details") }).first();
  assert.match((await row.textContent()) ?? "", /quận, huyện nào\?/);
  const district = row.locator("details").first();
  await district.locator("summary").press("Enter");
  await district.locator(".choice-inside").waitFor();
  assertQuiet(watched);
  await end(watched);
});

test("the page finds what the call finds", async () => {
  const watched = await visit("/co-quan");
  const { page } = watched;
  for (const q of ["ben nghe q1", "phường Sài Gòn", "xã Ia Pa", "tan dinh", "P. Bến Nghé, Q.1", "phuong ba dinh"]) {
    await field(page).fill(q);
    const place = hits(page).first().locator(".place strong").first();
    await place.waitFor();
    const answer = await fetch(`${server.url}/api/v1/wards?${new URLSearchParams({ q })}`);
    const { wards } = (await answer.json()) as { wards: { name: string; office: string }[] };
    assert.equal(await place.textContent(), wards[0]?.name, q);
    const office = hits(page).first().locator(".office-name a").first();
    assert.equal(await office.getAttribute("href"), `/co-quan/${wards[0]?.office}`, q);
  }
  assertQuiet(watched);
  await end(watched);
});

test("what is in no row is admitted, and letters that say nothing find nothing", async () => {
  const watched = await visit("/co-quan");
  const { page } = watched;
  for (const text of ["khu vực 27", "ha noi xyzzy"]) {
    await field(page).fill(text);
    await page.locator("[data-rows] > .hint").getByText(`“${text}”`).waitFor();
    assert.ok((await hits(page).count()) > 0, text);
  }
  for (const text of ["bhxh kv1", "<b>x\"'"]) {
    await field(page).fill(text);
    await page.locator("[data-rows]").getByText(`Không tìm thấy “${text}”`).waitFor();
    assert.equal(await hits(page).count(), 0, text);
  }
  assertQuiet(watched);
  await end(watched);
});

test("a name older than the data gets the nearest honest help", async () => {
  const watched = await visit("/co-quan");
  await search(watched.page, "phường 7, quận 3");
  const first = hits(watched.page).first();
  assert.match((await first.textContent()) ?? "", /Không có “.*7.*” trong Quận 3/);
  assert.ok((await first.locator("details").count()) > 0);
  await end(watched);
});

test("where nothing is found there is a way on", async () => {
  const watched = await visit("/en/co-quan");
  const { page } = watched;
  await search(page, "zzxxqq wwkkjj");
  assert.match((await page.locator("[data-rows]").textContent()) ?? "", /Nothing found/);
  assert.ok((await page.locator("[data-rows] a[href^='tel:']").count()) > 0);
  await assertAccessible(page, "no result");
  assertQuiet(watched);
  await end(watched);
});

test("near me asks only when pressed, and the place is sent nowhere", async () => {
  const watched = await visit("/co-quan", {
    geolocation: { latitude: 21.0352, longitude: 105.8143 },
    permissions: ["geolocation"],
  });
  const { page } = watched;
  const requests: string[] = [];
  page.on("request", (request) => requests.push(`${request.url()} ${request.postData() ?? ""}`));
  await page.getByRole("button", { name: "Tìm gần tôi" }).click();
  await page.locator("[data-rows] .hit").waitFor();
  const text = (await page.locator("[data-rows]").textContent()) ?? "";
  assert.match(text, /km tới giữa phường, xã, tính đường chim bay/);
  assert.ok(!page.url().includes("21.0"), page.url());
  assert.deepEqual(requests.filter((request) => /21\.0|105\.8/.test(request)), []);
  assert.equal(await page.evaluate(() => document.activeElement?.id), "ket-qua");
  await assertAccessible(page, "near me");
  assertQuiet(watched);
  await end(watched);
});

test("near me pressed before anything is loaded waits, says so, and is answered", async () => {
  const watched = await open(browser, server.url, {
    geolocation: { latitude: 11.9404, longitude: 108.4583 },
    permissions: ["geolocation"],
  });
  const { page } = watched;
  let release = () => {};
  const pressed = new Promise<void>((resolve) => (release = resolve));
  await page.route(/finder\.js$|\.(wasm|bin)$/, async (route) => {
    await pressed;
    await route.continue();
  });
  await page.goto("/co-quan", { waitUntil: "domcontentloaded" });
  await page.getByRole("button", { name: "Tìm gần tôi" }).click();
  release();
  await page.locator("[data-rows] .hit").waitFor();
  // Where no office is known far and wide, the page says so and lists nothing as near.
  assert.match((await page.locator("[data-rows]").textContent()) ?? "", /nơi đã rõ gần nhất cách khoảng 70 km/);
  assert.equal(await page.locator("[data-rows] .near").count(), 0);
  await assertAccessible(page, "nothing near");
  assertQuiet(watched);
  await end(watched);
});

test("near me pressed where the directory did not load tries again", async () => {
  const watched = await open(browser, server.url, {
    geolocation: { latitude: 21.0352, longitude: 105.8143 },
    permissions: ["geolocation"],
  });
  const { page } = watched;
  let broken = true;
  await page.route(/\.bin$/, (route) => (broken ? route.abort() : route.continue()));
  await page.goto("/co-quan");
  await status(page).getByText(/Chưa tải được/).waitFor();
  broken = false;
  await page.getByRole("button", { name: "Tìm gần tôi" }).click();
  await page.locator("[data-rows] .hit").waitFor();
  await end(watched);
});

test("where the place is refused, the provinces are the way on", async () => {
  const watched = await visit("/co-quan", { permissions: [] });
  const { page } = watched;
  await page.getByRole("button", { name: "Tìm gần tôi" }).click();
  await page.waitForFunction(() => document.activeElement?.id === "tinh");
  assert.match((await status(page).textContent()) ?? "", /chọn tỉnh/);
  assertQuiet(watched);
  await end(watched);
});

test("what is typed before anything is loaded is found all the same", async () => {
  const watched = await open(browser, server.url);
  const { page } = watched;
  await page.route(/\.(wasm|bin)$/, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await route.continue();
  });
  await page.goto("/co-quan", { waitUntil: "domcontentloaded" });
  await field(page).fill("ba dinh");
  await hits(page).first().waitFor();
  assert.equal(await field(page).inputValue(), "ba dinh");
  assertQuiet(watched);
  await end(watched);
});

test("a directory that does not load says so, and the next letter tries again", async () => {
  const watched = await open(browser, server.url);
  const { page } = watched;
  let broken = true;
  await page.route(/\.bin$/, (route) => (broken ? route.abort() : route.continue()));
  await page.goto("/co-quan");
  await page.waitForFunction(() => /Chưa tải được/.test(document.querySelector("[data-count]")?.textContent ?? ""));
  broken = false;
  await field(page).fill("ba dinh");
  await hits(page).first().waitFor();
  await end(watched);
});

test("the page of an office says everything, and what is not known", async () => {
  for (const [path, patterns] of [
    ["/co-quan/ha-noi-ba-dinh", [/Địa chỉ/, /Chưa có nguồn nêu giờ của cơ quan này/, /Nguồn/]],
    ["/co-quan/bhxh-tinh-cao-bang", [/Chưa tìm thấy địa chỉ có nguồn/, /1900 9068/]],
    ["/en/co-quan/bhxh-tp-ha-noi", [/call before you go/, /Offices in this province/]],
  ] as const) {
    const watched = await visit(path);
    const { page } = watched;
    const text = (await page.locator("main").textContent()) ?? "";
    for (const pattern of patterns) assert.match(text, pattern, path);
    await page.locator("[data-open]:not(:empty)").waitFor();
    await assertAccessible(page, path);
    await assertNoSidewaysScroll(page);
    assertQuiet(watched);
    await end(watched);
  }
});

test("an office can be copied, with its name and without what is true only now; shared; printed", async () => {
  const watched = await open(browser, server.url, { permissions: ["clipboard-read", "clipboard-write"] });
  const { page } = watched;
  await page.addInitScript(() => {
    const seen: unknown[] = [];
    Object.assign(globalThis, { seen });
    navigator.share = async (data) => void seen.push(data);
    globalThis.print = () => void seen.push("print");
  });
  await page.goto("/co-quan/ha-noi-dong-da");
  await hydrated(page);
  await page.locator("[data-open]:not(:empty)").waitFor();
  await page.getByRole("button", { name: "Chép thông tin" }).click();
  await page.getByText("Đã chép.").waitFor();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  for (const part of ["BHXH cơ sở Đống Đa", "BHXH quận Đống Đa", "Trần Hữu Tước", "024.39747412", "thuvienphapluat.vn"]) {
    assert.ok(text.includes(part), `${part} in ${text}`);
  }
  assert.doesNotMatch(text, /mở cửa|đóng cửa|Google/);
  assert.ok(await page.locator("[data-open]").isVisible(), "nothing stays hidden");
  await page.getByRole("button", { name: "Chia sẻ" }).click();
  await page.getByRole("button", { name: "In", exact: true }).click();
  const seen = await page.evaluate(() => (globalThis as unknown as { seen: unknown[] }).seen);
  assert.deepEqual(seen, [
    { title: "Bảo hiểm xã hội cơ sở Đống Đa – Chìa Khoá", url: `${server.url}/co-quan/ha-noi-dong-da` },
    "print",
  ]);
  await page.emulateMedia({ media: "print" });
  assert.ok(await page.locator("#thong-tin").isVisible());
  assert.equal(await page.getByRole("button", { name: "Chia sẻ" }).isVisible(), false);
  assertQuiet(watched);
  await end(watched);
});

test("a closed office says first where to go now", async () => {
  const watched = await visit("/co-quan/tphcm-can-gio");
  const notice = watched.page.locator(".notice-warn").first();
  assert.match((await notice.textContent()) ?? "", /ngừng hoạt động từ 01\/10\/2025.*Nay hãy đến.*Nhà Bè/s);
  await notice.getByRole("link", { name: "BHXH cơ sở Nhà Bè" }).click();
  await watched.page.waitForURL(/tphcm-nha-be$/);
  assertQuiet(watched);
  await end(watched);
});

test("every page of the directory holds at 320 px and with text twice as large", async () => {
  for (const path of ["/co-quan", "/en/co-quan", "/co-quan/tphcm-phu-my", "/en/co-quan/quang-ninh-hoanh-bo-ttpvhcc"]) {
    const watched = await visit(path, { viewport: { width: 320, height: 640 } });
    const { page } = watched;
    await assertNoSidewaysScroll(page);
    if (path.endsWith("co-quan")) await search(page, "phường 1 tphcm");
    await page.emulateMedia({ colorScheme: "dark" });
    await assertAccessible(page, `${path} in the dark`);
    await page.evaluate(() => {
      document.documentElement.style.fontSize = "200%";
    });
    await assertNoSidewaysScroll(page);
    await end(watched);
  }
});

test("the keyboard alone leads from the field to the office", async () => {
  const watched = await visit("/co-quan");
  const { page } = watched;
  await field(page).focus();
  await page.keyboard.type("dong da");
  await hits(page).first().waitFor();
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "ket-qua");
  for (let step = 0; step < 12; step += 1) {
    await page.keyboard.press("Tab");
    const isOffice = await page.evaluate(() => document.activeElement?.closest(".office-name") !== null);
    if (isOffice) break;
  }
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/co-quan\/[a-z-]+$/);
  assertQuiet(watched);
  await end(watched);
});

test("without JavaScript every office can be reached by its province", async () => {
  const { page } = await open(browser, server.url, { javaScriptEnabled: false });
  await page.goto("/co-quan");
  assert.equal(await field(page).isVisible(), false, "no field that does nothing");
  assert.match((await page.locator("main noscript").textContent()) ?? "", /chọn tỉnh/);
  await page.getByRole("link", { name: "Hà Nội", exact: true }).click();
  await page.getByRole("link", { name: "BHXH cơ sở Đống Đa" }).click();
  assert.equal(await page.locator("h1").textContent(), "Bảo hiểm xã hội cơ sở Đống Đa");
  assert.ok(await page.locator("a[href='tel:+842439747412']").isVisible());
  await page.context().close();
});

test("structured data stands on every page of an office, canonical and language links only as whole addresses", async () => {
  const answer = await fetch(`${server.url}/en/co-quan/ha-noi-dong-da`);
  const html = await answer.text();
  const data = JSON.parse(/ld\+json">(.*?)<\/script>/s.exec(html)?.[1] ?? "{}") as Record<string, unknown>;
  assert.equal(data["@type"], "GovernmentOffice");
  assert.equal(data["telephone"], "024.39747412");
  // Where the build knows no address of its own there are none; with one, the pages' own tests.
  for (const [, href] of html.matchAll(/<link rel="(?:canonical|alternate)"[^>]* href="([^"]*)"/g)) {
    assert.match(href ?? "", /^https:\/\/.*\/co-quan\/ha-noi-dong-da$/);
  }
  // A site map of bare paths would be none: where the build knows no address there is no map.
  const map = await fetch(`${server.url}/sitemap.xml`);
  const locations = map.status === 404 ? [] : [...(await map.text()).matchAll(/<loc>([^<]*)<\/loc>/g)];
  assert.deepEqual(locations.filter(([, address]) => !address?.startsWith("https://")), []);
  assert.equal(map.status === 404, !html.includes('rel="canonical"'));
});

test("data and module are kept for good, by names that change with them", async () => {
  const script = await (await fetch(`${server.url}/finder.js`)).text();
  const names = [...script.matchAll(/"(\/[\w-]+\.(?:wasm|bin))"/g)].map(([, name]) => name ?? "");
  assert.equal(names.length, 2);
  for (const name of names) {
    const answer = await fetch(server.url + name);
    assert.equal(answer.status, 200, name);
    assert.match(answer.headers.get("cache-control") ?? "", /immutable/, name);
    await answer.body?.cancel();
  }
});
