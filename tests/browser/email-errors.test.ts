// What goes wrong on the way back in by email, and what the page says then: wrong and expired
// codes, links that are spent, several tabs, a service that does not answer, words refused.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Route } from "playwright-core";
import { member, SEEDED_PASSWORD } from "../support/api.ts";
import { hydrated, launch } from "../support/browser.ts";
import { Citizen, type Lang } from "../support/citizen.ts";
import { change } from "../support/database.ts";
import { secretsIn, waitForMail } from "../support/mail.ts";
import { Server } from "../support/server.ts";

const LANGS: Lang[] = ["vi", "en"];
const PASSWORD = "dong lua chin vang ngoai bai";

let server: Server;
let browser: Browser;
before(async () => {
  const vars = { CAPTCHA_COST: 1, LIMIT_IP_MINUTE: 0, LIMIT_SIGNIN: 2, RESEND_AFTER: 45 };
  [server, browser] = await Promise.all([Server.start({ vars }), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

let next = 300;
const someone = () => member(next++);

/** A person whose request was accepted, and what the mail says. */
async function begun(lang: Lang, prepare: (citizen: Citizen) => Promise<void> = async () => {}) {
  const { identifier, email } = someone();
  const citizen = await Citizen.arrive(browser, server.url, lang);
  await prepare(citizen);
  await citizen.request(identifier, email);
  const secrets = secretsIn((await waitForMail(server, email)).text);
  for (const link of [secrets.link, secrets.disown]) citizen.secret(new URL(link).hash.split(".")[1]!);
  citizen.secret(secrets.code, secrets.code.replace("-", ""));
  return { citizen, page: citizen.page, say: citizen.say, identifier, email, ...secrets };
}

for (const lang of LANGS) {
  test(`five wrong codes use a request up, the link still works (${lang})`, async () => {
    const { citizen, page, say, link } = await begun(lang);
    for (const left of [4, 3, 2, 1]) {
      await citizen.enter("2222-2222");
      await citizen.refused(say.left(left));
      assert.equal(await page.locator("#code").getAttribute("aria-invalid"), "true");
      assert.match(await page.locator("#code-error").innerText(), say.left(left));
      assert.equal(await page.locator("#code").inputValue(), "2222-2222", "what was typed stays");
    }
    await citizen.enter("2222-2223");
    await citizen.refused(say.usedUp);
    await citizen.enter("2222-2224");
    await citizen.refused(say.closed);
    // The summary's link leads to the field where there is one, and the way on stands below.
    await page.locator(`main a[href="${citizen.path("/email")}"]`).first().waitFor();
    await citizen.check();
    await citizen.goto(link);
    await citizen.press(say.useLink);
    await page.locator("#password").waitFor();
    await citizen.leave();
  });

  test(`while a form is being sent again its errors stay, and nothing moves (${lang})`, async () => {
    const citizen = await Citizen.arrive(browser, server.url, lang, { reducedMotion: "reduce" });
    const { page, say } = citizen;
    const forms = [
      { path: "/email", call: "**/api/v1/recoveries", button: say.send, slug: "invalid-input", field: "email" },
      { path: "/dang-nhap", call: "**/api/v1/session", button: say.signIn, slug: "sign-in-rejected", field: "password" },
    ];
    for (const { path, call, button, slug, field } of forms) {
      const problem = { type: `urn:chiakhoa:problem:${slug}`, title: "", status: 422, errors: [{ field, code: "invalid" }] };
      const refuse = (route: Route) =>
        route.fulfill({ status: 422, contentType: "application/problem+json", body: JSON.stringify(problem) });
      await page.route(call, (route) => (route.request().method() === "POST" ? refuse(route) : route.continue()));
      await citizen.goto(path);
      await page.locator("#identifier").fill("9000000001");
      await page.locator(`#${field}`).fill(field === "email" ? "tv1@example.vn" : "khong phai mat khau");
      await citizen.press(button);
      await citizen.refused(/./);
      // Where everything stands, and what it says: all but the line that tells of the sending.
      const look = () =>
        page.evaluate(() => {
          const shown = [...document.querySelectorAll("main *, footer")].filter((it) => it.getClientRects().length > 0);
          return shown.map((it) => {
            const { x, y, width, height } = it.getBoundingClientRect();
            const text = it.querySelector(".status") || it.matches(".status") ? "" : it.textContent;
            return `${it.tagName} ${it.className} ${[x, y + scrollY, width, height].map(Math.round)} ${text}`;
          });
        });
      const before = await look();
      assert.ok(before.some((line) => line.includes("error-summary")));
      let go = () => {};
      const held = new Promise<void>((resolve) => (go = resolve));
      await page.unroute(call);
      await page.route(call, async (route) => {
        await held;
        await refuse(route);
      });
      await citizen.press(button);
      const submit = page.getByRole("button", { name: button, exact: true });
      await page.locator("form .status:not([hidden]):not(:empty)").waitFor();
      assert.equal(await submit.getAttribute("aria-disabled"), "true");
      assert.deepEqual(await look(), before, path);
      assert.equal(await submit.evaluate((it) => it === document.activeElement), true, "the focus stays where it was");
      go();
      await citizen.refused(/./);
      assert.equal(await submit.getAttribute("aria-disabled"), null);
      assert.deepEqual(await look(), before, path);
      await page.unroute(call);
    }
    await citizen.leave();
  });

  test(`a code that cannot be one is refused on the spot, and costs nothing (${lang})`, async () => {
    const { citizen, page, say, code } = await begun(lang);
    let calls = 0;
    page.on("request", (request) => {
      if (request.url().endsWith("/code")) calls += 1;
    });
    for (const typed of ["", "123", "ABCD-EFG!", "ăâđê-ôơư1"]) {
      await citizen.enter(typed);
      const summary = await citizen.refused(/./);
      await page.locator(".error-summary a").first().tap();
      await page.waitForFunction(() => document.activeElement?.id === "code");
      assert.ok(summary.length > 20);
    }
    assert.equal(calls, 0);
    await citizen.enter(` ${code.toLowerCase()} `);
    await page.locator("#password").waitFor();
    assert.doesNotMatch(await page.title(), say.error);
    await citizen.leave();
  });

  test(`the message can be asked for again after a countdown, with the same code (${lang})`, async () => {
    const { citizen, page, say, email, code } = await begun(lang, async ({ page }) => page.clock.install());
    const resend = page.getByRole("button", { name: say.resend, exact: true });
    await page.getByText(say.resendIn).waitFor();
    assert.equal(await resend.getAttribute("aria-disabled"), "true");
    let asked = 0;
    page.on("request", (request) => {
      if (request.url().endsWith("/resend")) asked += 1;
    });
    await resend.tap({ force: true });
    assert.equal(asked, 0, "too early does nothing");
    const seconds = async () => Number(/\d+/.exec(await page.getByText(say.resendIn).innerText())?.[0]);
    const before = await seconds();
    await page.clock.fastForward(10_000);
    await page.waitForFunction(
      ([before]) => Number(/(\d+) (giây|seconds)/.exec(document.body.innerText)?.[1]) <= before! - 10,
      [before],
    );
    await page.clock.fastForward(60_000);
    await page.getByText(say.resendReady).waitFor();
    assert.equal(await resend.getAttribute("aria-disabled"), null);
    await resend.tap();
    await page.getByText(say.resent).waitFor();
    const again = secretsIn((await waitForMail(server, email, 2)).text);
    assert.equal(again.code, code);
    await citizen.enter(code);
    await page.locator("#password").waitFor();
    await citizen.leave();
  });

  test(`an expired code says so before and after it is typed, and how to start again (${lang})`, async () => {
    const { citizen, page, say, code } = await begun(lang, async ({ page }) => page.clock.install());
    const { recovery } = await citizen.stored();
    await page.clock.fastForward(601_000);
    await page.getByText(say.codeOver).waitFor();
    change(server, "UPDATE recovery SET code_expires_at = 1, link_expires_at = 1 WHERE id = ?", recovery!);
    await citizen.enter(code);
    await citizen.refused(say.closed);
    await page.getByRole("link", { name: say.change }).tap();
    await page.locator("#identifier").waitFor();
    assert.doesNotMatch(await page.title(), say.error);
    await citizen.leave();
  });

  test(`“this was not me” stops the request by a button, and the code ends (${lang})`, async () => {
    const { citizen, page, say, code, disown } = await begun(lang);
    const tab = await citizen.tab();
    await citizen.goto(disown, tab);
    assert.equal(new URL(tab.url()).hash, "");
    await citizen.check(tab);
    await citizen.press(say.notMe, tab);
    await tab.getByRole("heading", { name: say.stopped }).waitFor();
    await citizen.check(tab);
    await citizen.reload(tab);
    assert.equal(await tab.locator("h1").count(), 1);
    await citizen.enter(code);
    await citizen.refused(say.closed);
    assert.equal(await page.locator("#code").inputValue(), code);
    await citizen.leave();
  });

  test(`a refused password gives every reason, and keeps ticket and text (${lang})`, async () => {
    const { citizen, page, say, code, identifier } = await begun(lang);
    await citizen.enter(code);
    for (const refused of ["ngan", `${identifier}`, "matkhau123"]) {
      await citizen.type("password", refused);
      await citizen.press(say.save);
      await citizen.refused(/./);
      assert.equal(await page.locator("#password").inputValue(), refused);
      assert.ok((await page.locator("#password-error").innerText()).length > 10);
    }
    await citizen.type("password", PASSWORD);
    await citizen.press(say.save);
    await page.locator("#password").waitFor({ state: "detached" });
    assert.doesNotMatch(await page.title(), say.error);
    await citizen.leave();
  });
}

test("a link that was used says so, and leads to a new start", async () => {
  const { citizen, page, say, link } = await begun("vi");
  for (const step of ["first", "second"]) {
    await page.goto("about:blank");
    await citizen.goto(link);
    await citizen.press(say.useLink);
    await page.locator("#password").waitFor();
    if (step === "first") continue;
    await citizen.type("password", PASSWORD);
    await citizen.press(say.save);
    await page.locator("#password").waitFor({ state: "detached" });
  }
  await page.goto("about:blank");
  await citizen.goto(link);
  await citizen.press(say.useLink);
  await citizen.refused(say.linkSpent);
  await page.locator(`main a[href="/email"]`).first().waitFor();
  await citizen.leave();
});

test("two tabs: the later ticket counts, the earlier page says so and asks for the code", async () => {
  const { citizen, page, say, code, link } = await begun("vi");
  await citizen.enter(code);
  await page.locator("#password").waitFor();
  const tab = await citizen.tab();
  await citizen.goto(link, tab);
  await citizen.press(say.useLink, tab);
  await tab.locator("#password").waitFor();
  await citizen.type("password", PASSWORD);
  await citizen.press(say.save);
  await page.getByText(/bạn đã mở lần khác ở cửa sổ khác/).waitFor();
  assert.equal(await page.locator("h1").innerText(), say.again);
  assert.equal(await page.locator("#password").count(), 0);
  await citizen.type("password", "hai cua so mot nguoi dung", tab);
  await citizen.press(say.save, tab);
  await tab.locator("#password").waitFor({ state: "detached" });
  await citizen.check(tab);
  await citizen.leave();
});

test("time runs out on the password page: a warning first, then the code again", async () => {
  const { citizen, page, say, code } = await begun("vi", async ({ page }) => page.clock.install());
  await citizen.enter(code);
  await page.locator("#password").waitFor();
  await page.clock.fastForward(790_000);
  await page.getByText(/Sắp hết giờ/).waitFor();
  assert.ok(await page.locator("#password").isVisible());
  await page.clock.fastForward(120_000);
  await page.getByRole("heading", { name: say.again }).waitFor();
  await citizen.enter(code);
  await page.locator("#password").waitFor();
  await citizen.leave();
});

test("wrong passwords are told nothing, then asked to wait, then lead to a recovery", async () => {
  const { identifier } = someone();
  const citizen = await Citizen.arrive(browser, server.url, "vi");
  const { page, say } = citizen;
  await citizen.goto("/dang-nhap");
  await citizen.type("identifier", identifier);
  await citizen.type("password", "khong phai mat khau nay");
  await citizen.press(say.signIn);
  await citizen.refused(/Số hoặc mật khẩu chưa đúng/);
  await citizen.press(say.signIn);
  await citizen.press(say.signIn);
  await citizen.refused(/Sai quá nhiều lần/);
  assert.equal(await page.locator("#password").inputValue(), "khong phai mat khau nay");
  await page.locator('main a[href="/"]').first().waitFor();
  await citizen.leave();
});

test("a password may be looked at, and pasted", async () => {
  const { identifier } = someone();
  const citizen = await Citizen.arrive(browser, server.url, "vi");
  const { page, say } = citizen;
  await citizen.context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: server.url });
  await citizen.goto("/dang-nhap");
  await citizen.type("identifier", identifier);
  await page.evaluate((text) => navigator.clipboard.writeText(text), SEEDED_PASSWORD);
  await page.locator("#password").focus();
  await page.keyboard.press("Control+V");
  await page.getByRole("button", { name: "Hiện mật khẩu" }).tap();
  assert.equal(await page.locator("#password").getAttribute("type"), "text");
  assert.equal(await page.locator("#password").inputValue(), SEEDED_PASSWORD);
  await citizen.press(say.signIn);
  await page.waitForURL(`${server.url}/tai-khoan`);
  await page.locator(".facts").waitFor();
  await hydrated(page);
  await citizen.leave();
});

test("a service that does not answer keeps the form, and the second try goes through", async () => {
  const { identifier, email } = someone();
  const citizen = await Citizen.arrive(browser, server.url, "vi");
  const { page, say } = citizen;
  await citizen.goto("/email");
  await citizen.type("identifier", identifier);
  await citizen.type("email", email);
  await page.route("**/api/v1/recoveries", (route) => route.abort("connectionfailed"));
  await citizen.press(say.send);
  await citizen.refused(/Không kết nối được/);
  await page.unroute("**/api/v1/recoveries");
  assert.equal(await page.locator("#identifier").inputValue(), identifier);
  assert.equal(await page.locator("#email").inputValue(), email);
  await citizen.press(say.send);
  await page.locator("#code").waitFor();
  await citizen.check();
  await citizen.context.close();
});

test("a service that asks for a moment is asked again by itself, once, and the page says so", async () => {
  const { identifier, email } = someone();
  const citizen = await Citizen.arrive(browser, server.url, "vi");
  const { page, say } = citizen;
  let asked = 0;
  let busy = 2;
  await page.route("**/api/v1/recoveries", async (route) => {
    asked += 1;
    if (busy-- <= 0) return route.continue();
    const body = JSON.stringify({ type: "urn:chiakhoa:problem:try-again", title: "", status: 503 });
    return route.fulfill({ status: 503, contentType: "application/problem+json", headers: { "retry-after": "1" }, body });
  });
  await citizen.goto("/email");
  await citizen.type("identifier", identifier);
  await citizen.type("email", email);
  await citizen.press(say.send);
  await page.getByText(/Trang tự thử lại một lần nữa sau 1 giây/).waitFor();
  await citizen.refused(/Hệ thống tạm thời không trả lời/);
  assert.equal(asked, 2, "no more than one second try");
  assert.equal(await page.locator("#email").inputValue(), email);
  busy = 1;
  await citizen.press(say.send);
  await page.locator("#code").waitFor();
  assert.equal(asked, 4);
  await citizen.check();
  await citizen.context.close();
});

test("clearing a borrowed phone ends the session too", async () => {
  const { identifier, email } = someone();
  const citizen = await Citizen.arrive(browser, server.url, "vi");
  const { page, say } = citizen;
  await citizen.goto("/dang-nhap");
  await citizen.type("identifier", identifier);
  await citizen.type("password", SEEDED_PASSWORD);
  await citizen.press(say.signIn);
  await page.locator(".facts").waitFor();
  assert.equal((await citizen.context.cookies()).length, 1);
  await citizen.request(identifier, email);
  await citizen.press(say.clear);
  await page.waitForURL(`${server.url}/`);
  await hydrated(page);
  assert.deepEqual(await citizen.context.cookies(), []);
  await citizen.goto("/tai-khoan");
  await page.locator('main a.button[href="/dang-nhap"]').waitFor();
  assert.equal(await page.locator(".facts").count(), 0);
  await citizen.leave();
});
