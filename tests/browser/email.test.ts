// The email channel as a person on a small phone goes through it, in both languages, against a
// real Worker with a real database; the page solves its captcha itself.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { member } from "../support/api.ts";
import { hydrated, launch } from "../support/browser.ts";
import { Citizen, type Lang } from "../support/citizen.ts";
import { mailsTo, secretsIn, waitForMail } from "../support/mail.ts";
import { query } from "../support/database.ts";
import { Server, until } from "../support/server.ts";

const LANGS: Lang[] = ["vi", "en"];

let server: Server;
let browser: Browser;
before(async () => {
  // The captcha's cost is the tuned one; only what counts by network is off.
  [server, browser] = await Promise.all([Server.start({ vars: { LIMIT_IP_MINUTE: 0 } }), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** A member of this file that no other test uses. */
let next = 100;
const someone = () => member(next++);

for (const lang of LANGS) {
  test(`a code from the mail leads to a new password, to the profile, and out (${lang})`, async () => {
    const { identifier, email } = someone();
    // With the service worker, as in life: what it keeps is looked at too.
    const citizen = await Citizen.arrive(browser, server.url, lang, { serviceWorkers: "allow" });
    const { page, say } = citizen;
    await citizen.request(`${identifier.slice(0, 4)} ${identifier.slice(4)}`, email);
    assert.equal(await page.locator("h1").innerText(), say.check);
    assert.deepEqual(Object.keys(await citizen.stored()), ["recovery"]);
    await citizen.check();

    const { code } = secretsIn((await waitForMail(server, email)).text);
    citizen.secret(code, code.replace("-", ""));
    await citizen.enter(code.toLowerCase().replace("-", " "));
    await page.waitForURL(server.url + citizen.path("/mat-khau"));
    await page.locator("#password").waitFor();
    assert.equal(await page.locator("input[autocomplete=username]").inputValue(), `${identifier.slice(0, 4)} ${identifier.slice(4)}`);
    await citizen.check();

    const password = `mây trắng bay qua ${lang} núi`;
    await citizen.type("password", password);
    await page.getByText(/ắ/).first().waitFor();
    await citizen.press(say.save);
    await page.locator("#password").waitFor({ state: "detached" });
    assert.deepEqual(await citizen.stored(), {}, "nothing is left of a finished recovery");
    await citizen.check();

    await page.locator(`main a.button[href="${citizen.path("/dang-nhap")}"]`).tap();
    await page.locator("#identifier").waitFor();
    assert.equal(await page.locator("#identifier").inputValue(), `${identifier.slice(0, 4)} ${identifier.slice(4)}`, "typed once");
    await citizen.type("password", password);
    await citizen.press(say.signIn);
    await page.waitForURL(server.url + citizen.path("/tai-khoan"));
    await page.locator(".history").waitFor();
    const profile = await page.locator("main").innerText();
    for (const whole of [identifier, email]) assert.ok(!profile.includes(whole), `${whole} is masked`);
    await citizen.check();
    await citizen.press(say.signOut);
    await page.getByText(say.signedOut).waitFor();
    await citizen.reload();
    await page.locator(`main a.button[href="${citizen.path("/dang-nhap")}"]`).waitFor();
    assert.deepEqual(await citizen.context.cookies(), []);
    await citizen.leave();
    // Every registered address hears of it.
    await waitForMail(server, email, 2);
  });

  test(`the link of the mail leads to a new password, by a button (${lang})`, async () => {
    const { identifier, email } = someone();
    const citizen = await Citizen.arrive(browser, server.url, lang);
    const { page, say } = citizen;
    await citizen.request(identifier, email);
    const { link } = secretsIn((await waitForMail(server, email)).text);
    const { hash, pathname } = new URL(link);
    assert.equal(pathname, citizen.path("/lien-ket"));
    citizen.secret(hash.split(".")[1]!);

    // Mail programs open a link in a tab of its own, after the page that asked for it or without.
    const tab = await citizen.tab();
    await citizen.goto(link, tab);
    assert.equal(tab.url(), server.url + pathname, "the secret has left the address bar");
    await citizen.check(tab);
    assert.deepEqual(query(server, "SELECT hash FROM ticket WHERE recovery = ?", hash.slice(1).split(".")[0]!), []);
    await citizen.press(say.useLink, tab);
    await tab.locator("#password").waitFor();
    assert.equal(tab.url(), server.url + citizen.path("/mat-khau"));
    await citizen.check(tab);
    await citizen.type("password", "thuyen ve ben cu chieu nay", tab);
    await citizen.press(say.save, tab);
    await tab.locator("#password").waitFor({ state: "detached" });
    await citizen.check(tab);
    await tab.close();

    // The page that was left behind learns of it when it is used.
    const { code } = secretsIn((await waitForMail(server, email)).text);
    await citizen.enter(code);
    await citizen.refused(say.closed);
    await page.locator(`main a[href="${citizen.path("/email")}"]`).first().waitFor();
    await citizen.leave();
  });

  test(`an unknown number sees the same page, to the byte, and nobody gets a mail (${lang})`, async () => {
    const known = someone();
    const unknown = { identifier: "9899999990", email: `khong-ai-${lang}@example.vn` };
    const seen = [];
    for (const { identifier, email } of [known, unknown]) {
      const citizen = await Citizen.arrive(browser, server.url, lang);
      const { page } = citizen;
      await page.clock.install();
      const calls: string[] = [];
      page.on("response", (answer) => {
        const { pathname } = new URL(answer.url());
        if (pathname.startsWith("/api/")) calls.push(`${answer.request().method()} ${pathname} ${answer.status()}`);
      });
      const answered = page.waitForResponse((answer) => answer.url().endsWith("/api/v1/recoveries"));
      await citizen.request(identifier, email);
      const answer = await answered;
      const body = (await answer.json()) as { recovery: string };
      const headers = Object.entries(await answer.allHeaders())
        .filter(([name]) => !["date", "x-request-id"].includes(name))
        .toSorted();
      await page.clock.pauseAt(Date.now() + 3_600_000);
      // Time stands still an hour later: both have run out, no second differs.
      await page.getByText(citizen.say.codeOver).waitFor();
      assert.match(await page.locator("main").innerText(), citizen.say.mismatch);
      seen.push({
        calls,
        headers,
        body: JSON.stringify(body).replace(body.recovery, "ID"),
        main: await page.locator("#app").innerHTML(),
        title: await page.title(),
        url: page.url(),
      });
      await citizen.leave();
    }
    assert.deepEqual(seen[1], seen[0]);
    await waitForMail(server, known.email);
    await until("the outbox at rest", async () => {
      await server.sweep();
      const [row] = query(server, "SELECT count(*) AS n FROM outbox WHERE state IN ('pending', 'leased', 'sending')");
      return row?.["n"] === 0 ? true : undefined;
    });
    assert.deepEqual(await mailsTo(server, unknown.email), []);
  });
}

test("a person who comes back from the mail program goes on where they were", async () => {
  const { identifier, email } = someone();
  const citizen = await Citizen.arrive(browser, server.url, "vi");
  const { page } = citizen;
  await citizen.request(identifier, email);
  const { code } = secretsIn((await waitForMail(server, email)).text);
  await citizen.type("code", code.slice(0, 4));
  const mailProgram = await citizen.tab();
  await mailProgram.goto("about:blank");
  await mailProgram.bringToFront();
  await page.bringToFront();
  await mailProgram.close();
  assert.equal(await page.locator("#code").inputValue(), code.slice(0, 4), "what was typed is kept");
  await citizen.enter(code);
  await page.locator("#password").waitFor();
  await citizen.leave();
});

test("a reload in the middle of each step leads on", async () => {
  const { identifier, email } = someone();
  const citizen = await Citizen.arrive(browser, server.url, "vi");
  const { page, say } = citizen;
  await citizen.request(identifier, email);
  await citizen.reload();
  assert.equal(await page.locator("h1").innerText(), say.check);
  await citizen.check();
  const { code, link } = secretsIn((await waitForMail(server, email)).text);
  await citizen.enter(code);
  await page.locator("#password").waitFor();
  await citizen.type("password", "mot mat khau dang go do");
  await citizen.reload();
  // The right to set a password is not kept on the phone: the code gives it again.
  assert.equal(await page.locator("h1").innerText(), say.again);
  await citizen.check();
  await citizen.enter(code);
  await page.locator("#password").waitFor();
  await citizen.reload();
  // So does the link, which comes by another tab or by this one.
  citizen.secret(new URL(link).hash.split(".")[1]!);
  await citizen.goto(link);
  await citizen.reload();
  await citizen.press(say.useLink);
  await citizen.refused(/Đường dẫn này bị thiếu/);
  await page.getByRole("link", { name: "Nhập mã trong thư" }).tap();
  await page.locator("#code").waitFor();
  assert.equal(await page.locator("h1").innerText(), say.check);
  await page.goto("about:blank");
  await citizen.goto(link);
  await citizen.press(say.useLink);
  await citizen.type("password", "bay gio thi luu that su day");
  await citizen.press(say.save);
  await page.locator("#password").waitFor({ state: "detached" });
  await citizen.reload();
  assert.deepEqual(await citizen.stored(), {});
  assert.equal(await page.locator("#password").count(), 0);
  await citizen.leave();
});

test("the back button leads to the step before, never to a spent one", async () => {
  const { identifier, email } = someone();
  const citizen = await Citizen.arrive(browser, server.url, "vi");
  const { page, say } = citizen;
  await citizen.request(identifier, email);
  await page.goBack();
  await page.locator("#identifier").waitFor();
  assert.equal(await page.locator("#identifier").inputValue(), identifier, "the form as it was");
  assert.equal(await page.locator("#email").inputValue(), email);
  await page.goForward();
  await page.locator("#code").waitFor();
  const { code } = secretsIn((await waitForMail(server, email)).text);
  await citizen.enter(code);
  await page.locator("#password").waitFor();
  await page.goBack();
  await page.locator("#code").waitFor();
  await page.goForward();
  await page.locator("#password").waitFor();
  await citizen.type("password", "quay lai roi lai di tiep");
  await citizen.press(say.save);
  await page.locator("#password").waitFor({ state: "detached" });
  for (let step = 0; step < 3; step++) {
    await page.goBack();
    await hydrated(page);
    await page.locator("h1").waitFor();
    assert.equal(await page.locator("#password").count(), 0, "no way back to a spent step");
    await citizen.check();
    if (new URL(page.url()).pathname === "/email" && new URL(page.url()).search === "") break;
  }
  await citizen.leave();
});

test("on a borrowed phone one tap clears everything, and back brings nothing of it", async () => {
  const { identifier, email } = someone();
  const citizen = await Citizen.arrive(browser, server.url, "vi");
  const { page, say } = citizen;
  await citizen.request(identifier, email);
  const { code } = secretsIn((await waitForMail(server, email)).text);
  await citizen.enter(code);
  await page.locator("#password").waitFor();
  await citizen.press(say.clear);
  await page.waitForURL(`${server.url}/`);
  await hydrated(page);
  assert.deepEqual(await citizen.stored(), {});
  await citizen.check();
  for (let step = 0; step < 2; step++) {
    await page.goBack();
    await page.locator("h1").waitFor();
    for (const field of await page.locator("input").all()) assert.equal(await field.inputValue(), "");
    const shown = await page.locator("body").innerText();
    for (const trace of [identifier, email, code]) assert.ok(!shown.includes(trace), trace);
  }
  await citizen.leave();
});
