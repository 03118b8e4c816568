// What the directory knows and what it lacks, on a page of its own: read without a script, reached
// from the search, and leading to the wards whose office nobody names.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { assertAccessible, assertNoSidewaysScroll, assertQuiet, hydrated, launch, open } from "../support/browser.ts";
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

test("from the search one comes to what the directory knows, and from there to a province's unknown wards", async () => {
  const watched = await open(browser, server.url);
  const { page } = watched;
  await page.goto("/co-quan");
  await hydrated(page);
  await page.getByRole("link", { name: "Danh bạ này biết gì, còn thiếu gì" }).click();
  await page.waitForURL(/\/co-quan\/du-lieu$/);
  await page.getByRole("heading", { level: 1, name: "Danh bạ biết gì, còn thiếu gì" }).waitFor();
  await page.locator("dl.coverage dt").first().waitFor();
  assert.equal(await page.locator("dl.coverage dt").count(), 34);
  await assertAccessible(page, "coverage");
  await assertNoSidewaysScroll(page);
  const unknown = page.locator("dl.coverage a[href$='#chua-ro']").first();
  const count = Number(/\d+/.exec(await unknown.innerText())?.[0]);
  await unknown.click();
  await page.waitForURL(/#chua-ro$/);
  const wards = page.locator("details", { has: page.locator("#chua-ro") });
  await wards.waitFor();
  assert.match((await wards.locator("summary").textContent()) ?? "", new RegExp(`^${count} `));
  assertQuiet(watched);
  await watched.page.context().close();
});

test("by its address the wards without a known office stand open", async () => {
  const watched = await open(browser, server.url);
  const { page } = watched;
  await page.goto("/co-quan/bhxh-tinh-cao-bang#chua-ro");
  await hydrated(page);
  await page.locator("#chua-ro").waitFor();
  assert.equal(await page.locator("details", { has: page.locator("#chua-ro") }).evaluate((it) => (it as HTMLDetailsElement).open), true);
  await watched.page.context().close();
});

test("it is read without JavaScript, in both languages", async () => {
  for (const [path, whole] of [
    ["/co-quan/du-lieu", /\d+ trong 3321 phường, xã/],
    ["/en/co-quan/du-lieu", /For \d+ of 3321 wards/],
  ] as const) {
    const { page } = await open(browser, server.url, { javaScriptEnabled: false });
    await page.goto(path);
    assert.match((await page.locator("main").textContent()) ?? "", whole);
    assert.equal(await page.locator("dl.coverage dt a").count(), 34);
    await page.context().close();
  }
});

test("the licences of the data go with it", async () => {
  const html = await (await fetch(`${server.url}/en/co-quan/du-lieu`)).text();
  const [, path] = /<a href="([^"]+licenses[^"]*)"/.exec(html) ?? [];
  const answer = await fetch(`${server.url}${path}`);
  assert.equal(answer.status, 200);
  const notices = await answer.text();
  assert.equal(notices.match(/Permission is hereby granted/g)?.length, 2);
  assert.equal(notices.match(/Copyright/g)?.length, 2);
});
