// The text-message channel as a person goes through it, with the phone that `cargo xtask dev`
// brings: a page beside the site, in a browser of its own.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { member } from "../support/api.ts";
import { assertAccessible, assertNoSidewaysScroll, hydrated, launch, open } from "../support/browser.ts";
import { Citizen, type Lang } from "../support/citizen.ts";
import { change } from "../support/database.ts";
import { Server } from "../support/server.ts";
import { codeIn, webCodeIn } from "../support/texts.ts";

const LANGS: Lang[] = ["vi", "en"];
const SAY = {
  vi: {
    compose: "Soạn tin cho tôi",
    received: "Đã nhận được tin nhắn",
    use: "Dùng mã này",
    waiting: /Đang chờ tin nhắn của bạn/,
    over: /Trang này không chờ nữa/,
    again: "Soạn lại tin",
    copy: "Chép nội dung",
    copied: "Đã chép",
    offline: /Không kết nối được/,
    unknown: /Không có mã này/,
    wrong: /Mã có 12 chữ và số/,
  },
  en: {
    compose: "Write the text for me",
    received: "Your text has arrived",
    use: "Use this code",
    waiting: /Waiting for your text/,
    over: /has stopped waiting/,
    again: "Write the text again",
    copy: "Copy the text",
    copied: "Copied",
    offline: /No connection/,
    unknown: /There is no such code/,
    wrong: /The code has 12 letters/,
  },
} as const;

let server: Server;
let browser: Browser;
before(async () => {
  [server, browser] = await Promise.all([Server.start({ vars: { LIMIT_IP_MINUTE: 0 } }), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

let next = 300;
const someone = () => member(next++);

/** Sends a text on the phone's own page; the reply that is shown there. */
async function text(from: string, body: string): Promise<string> {
  const { page } = await open(browser, await server.phone());
  try {
    await page.goto("/");
    await page.locator("#from").fill(from);
    await page.locator("#text").fill(body);
    const before = await page.locator("li.in").count();
    await page.getByRole("button").click();
    await page.locator("li.in").nth(before).waitFor();
    return (await page.locator("li.in").last().innerText()).replace(/^.*\n/, "");
  } finally {
    await page.context().close();
  }
}

/** The new password, and the sign-in that shows that it works. */
async function finish(citizen: Citizen, identifier: string): Promise<void> {
  const { page, say } = citizen;
  await page.waitForURL(server.url + citizen.path("/mat-khau"));
  const password = "mây trắng bay qua đồi thông";
  await citizen.type("password", password);
  await citizen.press(say.save);
  await page.locator("#password").waitFor({ state: "detached" });
  assert.deepEqual(await citizen.stored(), {}, "nothing is left of a finished recovery");
  await page.locator(`main a.button[href="${citizen.path("/dang-nhap")}"]`).tap();
  await page.locator("#identifier").fill(identifier);
  await citizen.type("password", password);
  await citizen.press(say.signIn);
  await page.waitForURL(server.url + citizen.path("/tai-khoan"));
  await page.locator(".history").waitFor();
  await citizen.leave();
}

async function composed(citizen: Citizen, identifier: string): Promise<string> {
  await citizen.goto("/tin-nhan");
  await citizen.type("identifier", identifier);
  await citizen.press(SAY[citizen.lang].compose);
  const message = citizen.page.locator("#noi-dung-tin");
  await message.waitFor();
  const body = await message.innerText();
  citizen.secret(body);
  return body;
}

for (const lang of LANGS) {
  test(`the page waits for the text, moves on, and the code of the reply leads to a new password (${lang})`, async () => {
    const { identifier, phone } = someone();
    const citizen = await Citizen.arrive(browser, server.url, lang);
    const { page } = citizen;
    const body = await composed(citizen, `${identifier.slice(0, 4)} ${identifier.slice(4)}`);
    assert.match(body, new RegExp(`^BH MK ${identifier} [A-Z][0-9A-Z]{3}$`));
    const link = page.locator('a[href^="sms:"]');
    assert.equal(decodeURIComponent((await link.getAttribute("href")) ?? "").replace(/^sms:0900000000[?&]+body=/, ""), body);
    await page.getByText(SAY[lang].waiting).waitFor();
    assert.deepEqual(Object.keys(await citizen.stored()), ["wait"]);
    await assertAccessible(page, `waiting (${lang})`);
    await assertNoSidewaysScroll(page);
    await citizen.check();

    const reply = await text(phone, body);
    const code = webCodeIn(reply);
    citizen.secret(code, code.replace("-", ""));
    await page.locator("#code").waitFor();
    assert.equal(await page.locator("h1").innerText(), SAY[lang].received);
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), "H1", "a voice says what has happened");
    await assertAccessible(page, `received (${lang})`);
    await citizen.check();
    await citizen.enter(code.toLowerCase());
    await finish(citizen, identifier);
  });

  test(`the plain form: a text written by hand, its code typed (${lang})`, async () => {
    const { identifier, phone } = someone();
    const { locator, code } = codeIn(await text(phone, `bh mk ${identifier}`));
    const citizen = await Citizen.arrive(browser, server.url, lang);
    const { page } = citizen;
    citizen.secret(code);
    await citizen.goto("/tin-nhan");
    await citizen.type("text-code", "K7QF");
    await citizen.press(SAY[lang].use);
    await citizen.refused(SAY[lang].wrong);
    await citizen.type("text-code", `ZZZZ-${code}`);
    await citizen.press(SAY[lang].use);
    await citizen.refused(SAY[lang].unknown);
    await assertAccessible(page, `a code that is none (${lang})`);
    await citizen.type("text-code", `${locator}-0000-0000`);
    await citizen.press(SAY[lang].use);
    await citizen.refused(citizen.say.left(4));
    await citizen.type("text-code", `${locator} ${code}`.toLowerCase());
    await citizen.press(SAY[lang].use);
    await finish(citizen, identifier);
  });
}

for (const lang of LANGS) {
  test(`after a reload the page for the new password speaks of the text, never of an email (${lang})`, async () => {
    const { identifier, phone } = someone();
    const citizen = await Citizen.arrive(browser, server.url, lang);
    const { page } = citizen;
    const code = webCodeIn(await text(phone, await composed(citizen, identifier)));
    await page.locator("#code").waitFor();
    await citizen.enter(code);
    await page.locator("#password").waitFor();
    assert.deepEqual(Object.keys(await citizen.stored()), ["text-recovery"]);
    await citizen.reload();
    await page.locator("#code").waitFor();
    const said = await page.locator("main").innerText();
    assert.match(said, lang === "vi" ? /Nhập lại mã trong tin nhắn/ : /code from the text again/);
    assert.doesNotMatch(said, lang === "vi" ? /(^|\s)thư(\s|\.|,|$)/m : /e-?mail|link in the message/i);
    const again = await page.locator("main .onward a").first().getAttribute("href");
    assert.equal(again, citizen.path("/tin-nhan"), "who starts again texts again");
    await citizen.enter("2222-2222");
    await citizen.refused(citizen.say.left(4));
    await citizen.enter(code);
    await page.locator("#password").waitFor();
    await finish(citizen, identifier);
  });
}

test("a phone that throws the page away while the person texts finds it waiting again", async () => {
  const { identifier, phone } = someone();
  const citizen = await Citizen.arrive(browser, server.url, "vi");
  const { page } = citizen;
  const body = await composed(citizen, identifier);
  await citizen.reload();
  await page.getByText("Trang vẫn đang chờ").waitFor();
  await citizen.check();
  const code = webCodeIn(await text(phone, body));
  await page.locator("#code").waitFor();
  await citizen.reload();
  await page.locator("#code").waitFor();
  await citizen.enter(code);
  await finish(citizen, identifier);
});

test("a wrong code is said to be wrong, and the page stays", async () => {
  const { identifier, phone } = someone();
  const citizen = await Citizen.arrive(browser, server.url, "vi");
  const body = await composed(citizen, identifier);
  await text(phone, body);
  await citizen.page.locator("#code").waitFor();
  await citizen.enter("2222-2222");
  await citizen.refused(citizen.say.left(4));
  await citizen.leave();
});

test("a page that has waited too long says so and begins again", async () => {
  const citizen = await Citizen.arrive(browser, server.url, "vi");
  const { page } = citizen;
  await composed(citizen, someone().identifier);
  change(server, "UPDATE text_wait SET expires_at = 1");
  await page.getByText(SAY.vi.over).waitFor();
  assert.ok((await page.locator("#identifier").inputValue()).length > 0, "what was typed is kept");
  await assertAccessible(page, "waited too long");
  await citizen.press(SAY.vi.compose);
  await page.locator("#noi-dung-tin").waitFor();
  await citizen.press(SAY.vi.again);
  await page.locator("#identifier").waitFor();
  assert.deepEqual(await citizen.stored(), {});
  await citizen.leave();
});

test("without a network the page goes on by itself once there is one", async () => {
  const { identifier, phone } = someone();
  const { page } = await open(browser, server.url);
  await page.goto("/tin-nhan");
  await hydrated(page);
  await page.locator("#identifier").fill(identifier);
  await page.getByRole("button", { name: SAY.vi.compose }).click();
  const body = await page.locator("#noi-dung-tin").innerText();
  await page.context().setOffline(true);
  await page.getByText(SAY.vi.offline).waitFor();
  await text(phone, body);
  await page.context().setOffline(false);
  await page.locator("#code").waitFor();
  await page.context().close();
});

test("the text is copied and, at a computer, drawn for the phone's camera", async () => {
  const { page } = await open(browser, server.url, { viewport: { width: 1200, height: 900 } });
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto("/tin-nhan");
  await hydrated(page);
  await page.locator("#identifier").fill("9000000001");
  await page.locator("#identifier").press("Enter");
  const body = await page.locator("#noi-dung-tin").innerText();
  await page.getByRole("button", { name: SAY.vi.copy }).click();
  await page.locator("[data-said]", { hasText: SAY.vi.copied }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), body);
  assert.equal(await page.locator(".qr svg").isVisible(), true);
  await page.context().close();
});

test("the whole way by keyboard alone", async () => {
  const { identifier, phone } = someone();
  const { page } = await open(browser, server.url);
  await page.goto("/tin-nhan");
  await hydrated(page);
  const tabTo = async (target: string) => {
    for (let presses = 0; presses < 60; presses++) {
      if (await page.locator(target).evaluate((element) => element === document.activeElement)) return;
      await page.keyboard.press("Tab");
    }
    throw new Error(`no way to ${target} by keyboard`);
  };
  await tabTo("#identifier");
  await page.keyboard.type(identifier);
  await page.keyboard.press("Enter");
  const body = await page.locator("#noi-dung-tin").innerText();
  await tabTo('a[href^="sms:"]');
  const code = webCodeIn(await text(phone, body));
  await page.locator("#code").waitFor();
  await tabTo("#code");
  await page.keyboard.type(code);
  await page.keyboard.press("Enter");
  await page.waitForURL(`${server.url}/mat-khau`);
  await page.context().close();
});

test("nothing is wider than a small screen, and axe finds nothing, in light and dark", async () => {
  for (const path of ["/tin-nhan", "/en/tin-nhan"]) {
    const { page } = await open(browser, server.url, { viewport: { width: 320, height: 640 } });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.goto(path);
      await hydrated(page);
      await assertAccessible(page, `${path}, ${colorScheme}`);
    }
    await assertNoSidewaysScroll(page);
    await page.locator("#identifier").fill("099000000001");
    await page.locator("#identifier").press("Enter");
    await page.locator("#noi-dung-tin").waitFor();
    await assertNoSidewaysScroll(page);
    await page.context().close();
  }
});

test("without JavaScript the page tells how to text, and that its forms cannot be sent", async () => {
  for (const path of ["/tin-nhan", "/en/tin-nhan"]) {
    const { page } = await open(browser, server.url, { javaScriptEnabled: false });
    await page.goto(path);
    const main = await page.locator("main").innerText();
    assert.match(main, /0900 000 000/);
    assert.match(main, /BH MK 0123456789/);
    assert.match(main, /JavaScript/);
    await page.locator("#identifier").fill("9000000001");
    await page.locator("form button").first().click();
    assert.doesNotMatch(page.url(), /9000000001/);
    assert.match(await page.locator("body").innerText(), /1900 9068/);
    await page.context().close();
  }
});

/** A look at the phone itself. */
test("the phone's page serves nobody but itself", async () => {
  const address = await server.phone();
  const foreign = await fetch(`${address}/send`, {
    method: "POST",
    headers: { origin: "https://evil.example" },
    body: JSON.stringify({ from: "0900000001", text: "BH" }),
  });
  assert.equal(foreign.status, 403);
  const { page }: { page: Page } = await open(browser, address);
  await page.goto("/");
  await assertAccessible(page, "the phone");
  await page.context().close();
});
