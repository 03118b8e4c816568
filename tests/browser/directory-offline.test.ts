// The directory on a day without a network: visited once, then searched and read from the copy.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { assertAccessible, assertNoSidewaysScroll, hydrated, launch, open } from "../support/browser.ts";
import { Network } from "../support/network.ts";
import { Server } from "../support/server.ts";

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

test("visited once, the directory is searched and an office opened without a network", async () => {
  network.set("good");
  const { page } = await open(browser, network.url, { serviceWorkers: "allow" });
  await page.goto("/");
  await page.waitForFunction(() => navigator.serviceWorker?.controller !== null);
  network.set("cut");
  await page.context().setOffline(true);

  await page.goto("/co-quan");
  await hydrated(page);
  await page.locator(".net").getByText(/bản đã lưu ngày \d+/).waitFor();
  await page.getByRole("searchbox").fill("phuong ben nghe quan 1");
  const first = page.locator(".hits > .hit").first();
  await first.waitFor();
  assert.match((await first.textContent()) ?? "", /nhập vào Phường Sài Gòn/);
  await assertAccessible(page, "results without a network");

  const link = first.locator(".office-name a").first();
  const name = (await link.textContent()) ?? "";
  await link.click();
  await page.waitForURL(/\/co-quan\/[a-z-]+$/);
  const heading = page.locator("h1", { hasText: name.replace("BHXH", "Bảo hiểm xã hội") });
  await heading.waitFor();
  const facts = page.locator("#thong-tin");
  await facts.waitFor();
  assert.match((await facts.textContent()) ?? "", /Nguồn mới nhất của danh bạ: \d+\/\d+\/20\d\d/);
  await page.locator("[data-open]:not(:empty)").waitFor();

  // By its address too, as a bookmark or a reload asks for it.
  await page.reload();
  await hydrated(page);
  await heading.waitFor();
  await page.locator(".net").getByText(/bản đã lưu ngày \d+/).waitFor();
  await page.locator("[data-open]:not(:empty)").waitFor();
  await assertAccessible(page, "an office without a network");
  await assertNoSidewaysScroll(page);

  await page.locator("a.language").click();
  await page.waitForURL(/\/en\/co-quan\/[a-z-]+$/);
  await page.locator("#thong-tin").getByText("Newest source in the directory").waitFor();

  await page.goto("/en/co-quan/du-lieu");
  await hydrated(page);
  await page.getByRole("heading", { name: "Sources", exact: true }).waitFor();

  // What nobody knows is no office: the honest page, not a made one.
  await page.goto("/co-quan/khong-co-that");
  assert.equal(await page.locator("h1").innerText(), "Không có mạng");

  network.set("good");
  await page.context().setOffline(false);
  await page.context().close();
});
