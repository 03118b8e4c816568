// Every state of every email page, in both languages, light and dark: axe finds nothing, nothing is
// wider than a phone of 360 px. With SCREENSHOTS=DIR each is drawn there. (Of forced colours axe
// knows nothing: layout.test.ts looks at those.)
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Route } from "playwright-core";
import { member, SEEDED_PASSWORD } from "../support/api.ts";
import { assertAccessible, assertNoSidewaysScroll, launch } from "../support/browser.ts";
import { Citizen, type Lang } from "../support/citizen.ts";
import { secretsIn, waitForMail } from "../support/mail.ts";
import { Server } from "../support/server.ts";

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

const shots = process.env["SCREENSHOTS"];
/** Colours change at once: axe must not read one on its way. */
const STILL = { reducedMotion: "reduce" } as const;
let next = 500;

/** Looks at the page as it stands. */
async function look({ page, lang }: Citizen, state: string): Promise<void> {
  const file = (name: string) => join(shots!, `${state}-${lang}-${name}.png`);
  if (shots) mkdirSync(shots, { recursive: true });
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await assertAccessible(page, `${state}, ${lang}, ${colorScheme}`);
    if (shots) await page.screenshot({ path: file(colorScheme), fullPage: true });
  }
  await page.emulateMedia({ colorScheme: "light" });
  await assertNoSidewaysScroll(page);
}

const down = (route: Route) =>
  route.fulfill({
    status: 503,
    contentType: "application/problem+json",
    headers: { "retry-after": "60" },
    body: JSON.stringify({ type: "urn:chiakhoa:problem:try-again", title: "", status: 503 }),
  });

for (const lang of ["vi", "en"] as Lang[]) {
  test(`the way to a new password (${lang})`, async () => {
    const { identifier, email } = member(next++);
    const citizen = await Citizen.arrive(browser, server.url, lang, STILL);
    const { page, say } = citizen;
    await page.clock.install();
    await citizen.goto("/email");
    await look(citizen, "email-empty");
    await citizen.press(say.send);
    await citizen.refused(/./);
    await page.locator("details > summary").first().tap();
    await look(citizen, "email-errors");

    await citizen.type("identifier", identifier);
    await citizen.type("email", `mot.dia.chi.rat.dai.${"a".repeat(40)}@thu-dien-tu.${"b".repeat(40)}.example.vn`);
    await page.route("**/api/v1/recoveries", down);
    await citizen.press(say.send);
    await citizen.refused(lang === "vi" ? /Hệ thống tạm thời/ : /not answering right now/);
    await look(citizen, "email-down");
    await page.unroute("**/api/v1/recoveries");

    await citizen.type("email", email);
    let go = () => {};
    const held = new Promise<void>((resolve) => (go = resolve));
    await page.route("**/api/v1/recoveries", (route) => held.then(() => route.continue()));
    await citizen.press(say.send);
    await page.locator("button[aria-disabled=true]").first().waitFor();
    await look(citizen, "email-waiting");
    go();
    await page.locator("#code").waitFor();
    await page.getByText(say.resendIn).waitFor();
    await look(citizen, "check");
    await citizen.enter("2222-2222");
    await citizen.refused(say.left(4));
    await page.clock.fastForward(60_000);
    await page.getByText(say.resendReady).waitFor();
    await look(citizen, "check-wrong");

    const { code, link, disown } = secretsIn((await waitForMail(server, email)).text);
    await page.clock.fastForward(700_000);
    await page.getByText(say.codeOver).waitFor();
    await look(citizen, "check-over");
    await citizen.enter(code);
    await page.locator("#password").waitFor();
    await look(citizen, "password");
    await citizen.type("password", "mật");
    await citizen.press(say.save);
    await citizen.refused(/./);
    await page.clock.fastForward(800_000);
    await page.locator('[role="alert"] .notice').waitFor();
    await look(citizen, "password-refused");
    await page.clock.fastForward(200_000);
    await page.getByRole("heading", { name: say.again }).waitFor();
    await look(citizen, "password-again");

    await citizen.goto(link);
    await look(citizen, "link");
    await citizen.press(say.useLink);
    await page.locator("#password").waitFor();
    await citizen.type("password", "trang non soi bong nuoc bac");
    await citizen.press(say.save);
    await page.locator("#password").waitFor({ state: "detached" });
    await look(citizen, "done");
    await citizen.reload();
    await look(citizen, "password-nothing");
    await citizen.goto("/lien-ket");
    await citizen.press(say.useLink);
    await citizen.refused(/./);
    await look(citizen, "link-missing");
    await citizen.goto(disown);
    await look(citizen, "not-me");
    await citizen.press(say.notMe);
    await page.getByRole("heading", { name: say.stopped }).waitFor();
    await look(citizen, "not-me-done");
    await citizen.context.close();
  });

  test(`signing in and out (${lang})`, async () => {
    const { identifier } = member(next++);
    const citizen = await Citizen.arrive(browser, server.url, lang, STILL);
    const { page, say } = citizen;
    await citizen.goto("/dang-nhap");
    await look(citizen, "sign-in");
    await citizen.type("identifier", identifier);
    await citizen.type("password", "khong phai mat khau nay");
    await citizen.press(say.signIn);
    await citizen.refused(/./);
    await look(citizen, "sign-in-refused");
    await citizen.press(say.signIn);
    await citizen.press(say.signIn);
    const locked = lang === "vi" ? /Sai quá nhiều lần/ : /Too many wrong tries/;
    await citizen.refused(locked);
    await look(citizen, "sign-in-locked");

    // The long names of the hard cases, and a captcha that is asked for and takes its time.
    await citizen.type("identifier", "9100000010");
    await citizen.type("password", SEEDED_PASSWORD);
    const required = { type: "urn:chiakhoa:problem:captcha-required", title: "", status: 403 };
    await page.route("**/api/v1/session", (route) =>
      route.fulfill({ status: 403, contentType: "application/problem+json", body: JSON.stringify(required) }),
    { times: 1 });
    let go = () => {};
    const held = new Promise<void>((resolve) => (go = resolve));
    await page.route("**/api/v1/captcha*", (route) => held.then(() => route.continue()));
    await citizen.press(say.signIn);
    await page.locator("button[aria-disabled=true]").first().waitFor();
    await look(citizen, "sign-in-captcha");
    go();
    await page.locator(".facts").waitFor();
    await look(citizen, "profile");
    await page.route("**/api/v1/session", down);
    await citizen.reload();
    await page.locator('[role="alert"] .notice').waitFor();
    await look(citizen, "profile-down");
    await page.unroute("**/api/v1/session");
    await citizen.reload();
    await citizen.press(say.signOut);
    await page.getByText(say.signedOut).waitFor();
    await look(citizen, "signed-out");
    await citizen.context.close();
  });
}
