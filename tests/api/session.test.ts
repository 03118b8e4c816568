// Signing in, the masked profile, signing out, and what wrong passwords lead to.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { call, member, SEEDED_PASSWORD, slug, startRecovery, type Answer, type Problem } from "../support/api.ts";
import { captcha } from "../support/captcha.ts";
import { Server } from "../support/server.ts";

interface Profile {
  name: string;
  identifiers: string[];
  emails: string[];
  phones: string[];
  expires_in: number;
  recoveries: { channel: string; at: number; state: string }[];
}

let server: Server;
let url: string;

before(async () => {
  server = await Server.start({ vars: { CAPTCHA_COST: 1, LIMIT_IP_MINUTE: 0 } });
  url = server.url;
});
after(() => server.stop());

let next = 1;
function someone(): ReturnType<typeof member> {
  return member(next++);
}

async function signIn(
  identifier: string,
  password: string,
  network = "192.0.2.1",
  solved?: string,
): Promise<Answer<Profile>> {
  const body = { identifier, password, ...(solved === undefined ? {} : { captcha: solved }) };
  return call<Profile>(url, "POST", "/api/v1/session", body, { "cf-connecting-ip": network });
}

function cookieOf(answer: Answer): string {
  return answer.headers.get("set-cookie")?.split(";")[0] ?? "";
}

async function profile(cookie: string): Promise<Answer<Profile>> {
  return call<Profile>(url, "GET", "/api/v1/session", undefined, { cookie });
}

test("the cookie is bound to host, TLS and site, and out of reach of scripts", async () => {
  const { identifier } = someone();
  const [first, second] = [await signIn(identifier, SEEDED_PASSWORD), await signIn(identifier, SEEDED_PASSWORD)];
  for (const answer of [first, second]) {
    const cookies = answer.headers.getSetCookie();
    assert.equal(cookies.length, 1);
    const [pair = "", ...attributes] = (cookies[0] ?? "").split(";").map((part) => part.trim());
    // 256 bits in base64url.
    assert.match(pair, /^__Host-[a-z]+=[\w-]{43}$/);
    assert.deepEqual(attributes.toSorted(), ["HttpOnly", "Path=/", "SameSite=Strict", "Secure"]);
  }
  assert.notEqual(cookieOf(first), cookieOf(second), "every sign-in issues an id of its own");
});

test("an id chosen by somebody else is never taken over", async () => {
  const { identifier } = someone();
  const planted = `__Host-session=${"A".repeat(43)}`;
  const body = { identifier, password: SEEDED_PASSWORD };
  const answer = await call(url, "POST", "/api/v1/session", body, { cookie: planted });
  assert.equal(answer.status, 200);
  assert.notEqual(cookieOf(answer), planted);
  assert.equal((await profile(planted)).status, 401);
});

test("the profile shows nothing in full", async () => {
  const { identifier, email, phone } = someone();
  const { body } = await signIn(identifier, SEEDED_PASSWORD);
  const text = JSON.stringify(body);
  for (const whole of [identifier, email, phone, email.split("@")[0] ?? ""]) {
    assert.ok(!text.includes(whole), `${whole} in ${text}`);
  }
  assert.equal(body.identifiers.length, 2);
  assert.equal(body.emails.length, 1);
  assert.equal(body.phones.length, 1);
  assert.ok(!body.name.includes("Thành Viên Mẫu"));
  assert.ok(body.expires_in > 0 && body.expires_in <= 900);
});

test("a member sees their own recoveries and nobody else's", async () => {
  const [owner, other] = [someone(), someone()];
  await startRecovery(url, owner.identifier, owner.email);
  await startRecovery(url, owner.identifier, "khong-co@example.vn");
  await startRecovery(url, other.identifier, other.email);
  const { body } = await signIn(owner.identifier, SEEDED_PASSWORD);
  assert.equal(body.recoveries.length, 1);
  assert.equal(body.recoveries[0]?.channel, "email");
  assert.equal(body.recoveries[0]?.state, "open");
});

test("signing out ends the session for good, and is the same for nobody", async () => {
  const { identifier } = someone();
  const cookie = cookieOf(await signIn(identifier, SEEDED_PASSWORD));
  const here = await profile(cookie);
  assert.equal(here.status, 200);
  const out = await call(url, "DELETE", "/api/v1/session", undefined, { cookie });
  assert.equal(out.status, 204);
  assert.match(out.headers.get("set-cookie") ?? "", /^__Host-[a-z]+=; .*Max-Age=0/);
  assert.equal(slug(await profile(cookie)), "not-signed-in");
  const again = await call(url, "DELETE", "/api/v1/session");
  assert.equal(again.status, 204);
  assert.equal(again.headers.get("set-cookie"), out.headers.get("set-cookie"));
});

test("every form of a number signs in", async () => {
  const { identifier } = someone();
  const national = `099${String(Number(identifier) - 9_000_000_000).padStart(9, "0")}`;
  for (const typed of [`  ${identifier} `, `DN401${identifier}`, national]) {
    assert.equal((await signIn(typed, SEEDED_PASSWORD)).status, 200, typed);
  }
});

test("five wrong passwords from one place make it wait; others need a captcha and are never locked out", async () => {
  const { identifier } = someone();
  for (let tries = 0; tries < 5; tries++) {
    const solved = tries === 0 ? undefined : await captcha(url, "session");
    const wrong = await signIn(identifier, "khong phai mat khau nay", "192.0.2.7", solved);
    assert.equal(wrong.status, 401, JSON.stringify(wrong.body));
    assert.equal(slug(wrong), "sign-in-rejected");
  }
  const locked = await signIn(identifier, SEEDED_PASSWORD, "192.0.2.7", await captcha(url, "session"));
  assert.equal(locked.status, 429);
  assert.ok(Number(locked.headers.get("retry-after")) > 800);

  const elsewhere = await signIn(identifier, SEEDED_PASSWORD, "198.51.100.9");
  assert.equal(elsewhere.status, 403);
  assert.equal(slug(elsewhere), "captcha-required");
  const solved = await signIn(identifier, SEEDED_PASSWORD, "198.51.100.9", await captcha(url, "session"));
  assert.equal(solved.status, 200, "the owner is never locked out");
});

test("one household of IPv6 addresses counts as one place", async () => {
  const { identifier } = someone();
  for (let tries = 1; tries <= 5; tries++) {
    const wrong = await signIn(identifier, "khong phai mat khau nay", `2001:db8:7:7::${tries}`);
    assert.equal(wrong.status, 401);
  }
  const solved = await captcha(url, "session");
  assert.equal((await signIn(identifier, SEEDED_PASSWORD, "2001:db8:7:7:ffff::1", solved)).status, 429);
  assert.equal((await signIn(identifier, SEEDED_PASSWORD, "2001:db8:7:8::1", await captcha(url, "session"))).status, 200);
});

test("a header that anybody can write does not make another place", async () => {
  const { identifier } = someone();
  for (let tries = 1; tries <= 5; tries++) {
    await call(url, "POST", "/api/v1/session", { identifier, password: "khong phai mat khau nay" }, {
      "cf-connecting-ip": "192.0.2.55",
      "x-forwarded-for": `203.0.113.${tries}`,
      "x-real-ip": `203.0.113.${tries}`,
      forwarded: `for=203.0.113.${tries}`,
      "true-client-ip": `203.0.113.${tries}`,
    });
  }
  const body = { identifier, password: SEEDED_PASSWORD, captcha: await captcha(url, "session") };
  const headers = { "cf-connecting-ip": "192.0.2.55", "x-forwarded-for": "203.0.113.77" };
  assert.equal((await call(url, "POST", "/api/v1/session", body, headers)).status, 429);
});

test("a captcha that is not asked for is checked all the same", async () => {
  const { identifier } = someone();
  const bad = await signIn(identifier, SEEDED_PASSWORD, "192.0.2.1", "e30=");
  assert.equal(bad.status, 403);
  assert.equal(slug(bad), "captcha-rejected");
});

test("a closed account and one whose password was never set are answered like a wrong password", async () => {
  const answers = [];
  for (const identifier of ["9100000009", "9100000012", "9100000014", "9999999999", member(500).identifier]) {
    const { status, body } = await signIn(identifier, "khong phai mat khau nay");
    answers.push(JSON.stringify([status, body as unknown as Problem]));
  }
  assert.equal(new Set(answers).size, 1, answers.join("\n"));
});
