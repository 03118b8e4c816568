// What a hostile link, page or neighbour could try with the email pages in a real browser.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { member } from "../support/api.ts";
import { hydrated, launch, open } from "../support/browser.ts";
import { Citizen, SMALL } from "../support/citizen.ts";
import { send } from "../support/http.ts";
import { secretsIn, waitForMail } from "../support/mail.ts";
import { Server } from "../support/server.ts";

/** Runs wherever text is taken for markup. */
const MARKUP = `"><img src=x onerror="globalThis.struck=1"><script>globalThis.struck=1</script>`;

let server: Server;
let browser: Browser;
/** A page of somebody else's, at another origin. */
let foreign: HttpServer;
let foreignUrl: string;
let foreignPage = "";
before(async () => {
  foreign = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/html" });
    response.end(foreignPage);
  });
  foreign.listen(0, "127.0.0.1");
  await once(foreign, "listening");
  foreignUrl = `http://127.0.0.1:${(foreign.address() as AddressInfo).port}/`;
  const vars = { CAPTCHA_COST: 1, LIMIT_IP_MINUTE: 0 };
  [server, browser] = await Promise.all([Server.start({ vars }), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
  foreign?.close();
});

test("markup in fields, queries, fragments and paths stays text", async () => {
  const { page } = await open(browser, server.url, SMALL);
  const encoded = encodeURIComponent(MARKUP);
  for (const path of [
    `/email?buoc=${encoded}`,
    `/?${encoded}`,
    `/en/${encoded}`,
    `/lien-ket#${encoded}${encoded}`,
    `/khong-phai-toi#${encoded}${encoded}`,
    `/en/tin-nhan?${encoded}#${encoded}`,
    `/mat-khau#javascript:globalThis.struck=1//${"x".repeat(60)}`,
  ]) {
    await page.goto(path);
    await hydrated(page);
    const button = page.locator("main form button[type=submit]").filter({ visible: true });
    for (const field of await page.locator("main input:not([readonly])").filter({ visible: true }).all()) await field.fill(MARKUP);
    if ((await button.count()) > 0) {
      await button.first().tap();
      await page.locator(".error-summary").first().waitFor();
    }
    const language = page.locator("a.language");
    assert.equal(new URL((await language.getAttribute("href"))!, server.url).origin, server.url, path);
    await language.tap();
    await page.locator("h1").waitFor();
    assert.equal(await page.evaluate(() => "struck" in globalThis), false, path);
    assert.equal(await page.locator("img[src=x]").count(), 0, path);
  }
  await page.context().close();
});

test("a recovery's id that somebody planted in the tab's storage leads nowhere", async () => {
  const { page } = await open(browser, server.url, SMALL);
  await page.goto("/email");
  await hydrated(page);
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  for (const planted of ["../../session", "x/../../../recoveries/link?", MARKUP, "//evil.example/"]) {
    await page.evaluate((planted) => sessionStorage.setItem("recovery", planted), planted);
    await page.goto("/email?buoc=ma");
    await hydrated(page);
    assert.equal(await page.locator("#code").count(), 0, "no code is asked for");
    assert.equal(await page.evaluate(() => "struck" in globalThis), false);
  }
  const calls = asked.filter((path) => path.startsWith("/api/") && !/^\/api\/v1\/(captcha|config|csp-report)$/.test(path));
  assert.deepEqual(calls, []);
  await page.context().close();
});

test("no address of ours sends anybody to another site", async () => {
  for (const path of [
    "//evil.example/", "//evil.example/index.html", "//evil.example/%2e%2e/", "/\\evil.example/", "/%5Cevil.example/",
    "/%2F%2Fevil.example/", "/%09/evil.example/", "/email//evil.example/", "/email/?to=//evil.example/", "/en/..//evil.example/",
    "/.well-known/change-password?to=https://evil.example", "/https://evil.example/", "/index.html", "/en/",
  ]) {
    const answer = await send(server.url, { method: "GET", path });
    const { location } = answer.headers;
    if (location === undefined) continue;
    assert.equal(new URL(location, server.url).origin, server.url, `${path} leads to ${location}`);
  }
});

test("no page of ours shows in a frame of somebody else's", async () => {
  const { page } = await open(browser, server.url, SMALL);
  for (const path of ["/email", "/lien-ket", "/khong-phai-toi", "/mat-khau", "/dang-nhap", "/tai-khoan", "/form/email"]) {
    foreignPage = `<iframe src="${server.url}${path}" width="340" height="500"></iframe>`;
    await page.goto(foreignUrl);
    await page.waitForLoadState("load");
    const frame = page.frames().find((frame) => frame !== page.mainFrame());
    const text = (await frame?.locator("body").innerText().catch(() => "")) ?? "";
    assert.doesNotMatch(text, /Chìa Khoá|BHXH/, path);
  }
  await page.context().close();
});

test("a foreign page can neither start, spend nor stop anything with a person's cookie", async () => {
  const { page } = await open(browser, server.url, SMALL);
  const tries = [
    ["POST", "/api/v1/session"], ["DELETE", "/api/v1/session"], ["POST", "/api/v1/password"],
    ["POST", "/api/v1/recoveries"], ["POST", "/api/v1/recoveries/link"], ["POST", "/api/v1/recoveries/disown"],
  ];
  foreignPage = "<h1>Foreign</h1>";
  await page.goto(foreignUrl);
  for (const [method, path] of tries) {
    const answered = page.waitForResponse((answer) => answer.url() === server.url + path, { timeout: 3_000 }).catch(() => undefined);
    await page.evaluate(
      async ([url, method]) => {
        const init = { method: method!, mode: "no-cors", credentials: "include", body: method === "POST" ? "{}" : null } as RequestInit;
        await fetch(url!, init).catch(() => {});
      },
      [server.url + path, method],
    );
    const status = (await answered)?.status();
    assert.ok(status === undefined || status === 403, `${method} ${path}: ${status}`);
  }
  await page.context().close();
});

test("a button pressed five times at once saves once", async () => {
  const { identifier, email } = member(701);
  const citizen = await Citizen.arrive(browser, server.url, "vi");
  const { page } = citizen;
  await citizen.request(identifier, email);
  const { code } = secretsIn((await waitForMail(server, email)).text);
  await citizen.enter(code);
  await page.locator("#password").waitFor();
  await citizen.type("password", "cung mot luc hai lan bam");
  // The same ticket again, as fast as a finger can press twice.
  let posts = 0;
  page.on("request", (request) => {
    if (request.url().endsWith("/api/v1/password")) posts += 1;
  });
  await page.evaluate(() => {
    const form = document.querySelector<HTMLFormElement>('form[action="/form/password"]')!;
    for (let press = 0; press < 5; press++) form.requestSubmit();
  });
  await page.locator("#password").waitFor({ state: "detached" });
  assert.equal(await page.locator("h1").innerText(), "Đã đổi mật khẩu");
  assert.equal(posts, 1, "one press counts");
  await citizen.leave();
});

test("the page of a person who signed out shows nothing to whoever comes back to it", async () => {
  const { identifier } = member(702);
  const citizen = await Citizen.arrive(browser, server.url, "vi");
  const { page, say } = citizen;
  await citizen.goto("/dang-nhap");
  await citizen.type("identifier", identifier);
  await citizen.type("password", "thuyen giay tren song que");
  await citizen.press(say.signIn);
  await page.locator(".facts").waitFor();
  await citizen.press(say.signOut);
  await page.getByText(say.signedOut).waitFor();
  await page.goto("about:blank");
  for (let step = 0; step < 2; step++) {
    await page.goBack();
    await page.locator("h1").waitFor();
    assert.equal(await page.locator(".facts").count(), 0);
    for (const field of await page.locator("input").all()) assert.equal(await field.inputValue(), "");
  }
  await citizen.context.close();
});
