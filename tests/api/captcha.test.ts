// The proof of work over HTTP, solved by the library that everybody uses (altcha-lib).
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { type Challenge } from "altcha-lib";
import { member, SEEDED_PASSWORD } from "../support/api.ts";
import { captcha, challenge, solve, type Form } from "../support/captcha.ts";
import { assertProblem, post, type RawAnswer } from "../support/http.ts";
import { Server } from "../support/server.ts";

let server: Server;
let url: string;

before(async () => {
  server = await Server.start({ vars: { LIMIT_IP_MINUTE: 0, LIMIT_DISPATCH_HOUR: 0, LIMIT_DISPATCH_DAY: 0 } });
  url = server.url;
});
after(() => server.stop());

async function use(form: Form, payload: string, at = url): Promise<RawAnswer> {
  if (form === "session") {
    const body = { identifier: member(1).identifier, password: SEEDED_PASSWORD, captcha: payload };
    return post(at, "/api/v1/session", body);
  }
  const body = { identifier: member(2).identifier, email: member(2).email, locale: "vi", captcha: payload };
  return post(at, "/api/v1/recoveries", body);
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64");
}

interface Payload {
  challenge: Challenge;
  solution: { counter: number; derivedKey: string; time?: number };
}

function decode(payload: string): Payload {
  return JSON.parse(Buffer.from(payload, "base64").toString("utf8")) as Payload;
}

test("a challenge has the format of ALTCHA v2 and is bound to its form", async () => {
  for (const form of ["email", "case", "session"] as const) {
    const { parameters, signature } = await challenge(url, form);
    assert.equal(parameters.algorithm, "PBKDF2/SHA-256");
    assert.equal(parameters.keyLength, 32);
    assert.match(parameters.nonce, /^[0-9a-f]{32}$/);
    assert.match(parameters.salt, /^[0-9a-f]{32}$/);
    assert.match(signature ?? "", /^[0-9a-f]{64}$/);
    assert.equal((parameters.data as { form: string }).form, form);
    const life = Number(parameters.expiresAt) - Date.now() / 1000;
    assert.ok(life > 290 && life <= 301, String(life));
  }
});

test("no two challenges are alike", async () => {
  const seen = new Set<string>();
  for (let count = 0; count < 50; count++) {
    const { parameters } = await challenge(url, "email");
    seen.add(parameters.nonce).add(parameters.salt).add(parameters.keyPrefix);
  }
  assert.equal(seen.size, 150);
});

test("what altcha-lib solves is accepted, once, in its own form", async () => {
  for (const [form, accepted] of [["email", 202], ["session", 200]] as const) {
    const payload = await captcha(url, form);
    assert.equal((await use(form, payload)).status, accepted, form);
    for (let again = 0; again < 2; again++) {
      assertProblem(await use(form, payload), 403, "captcha-rejected", `${form} again`);
    }
  }
});

test("a solution for one form is refused by the others and by no means spent there", async () => {
  for (const [made, used] of [["case", "email"], ["session", "email"], ["email", "session"], ["case", "session"]] as const) {
    const payload = await captcha(url, made);
    assertProblem(await use(used, payload), 403, "captcha-rejected", `${made} in ${used}`);
    if (made !== "case") assert.notEqual((await use(made, payload)).status, 403, `${made} in ${made}`);
  }
});

test("no part of a challenge or solution can be changed", async () => {
  const forged: [string, (payload: Payload) => unknown][] = [
    ["another counter", (p) => ({ ...p, solution: { ...p.solution, counter: p.solution.counter + 1 } })],
    ["counter below zero", (p) => ({ ...p, solution: { ...p.solution, counter: -1 } })],
    ["a huge counter", (p) => ({ ...p, solution: { ...p.solution, counter: 2 ** 40 } })],
    ["counter as text", (p) => ({ ...p, solution: { ...p.solution, counter: String(p.solution.counter) } })],
    ["another key", (p) => ({ ...p, solution: { ...p.solution, derivedKey: "0".repeat(64) } })],
    ["no solution", (p) => ({ challenge: p.challenge })],
    ["no signature", (p) => ({ ...p, challenge: { parameters: p.challenge.parameters } })],
    ["an empty signature", (p) => ({ ...p, challenge: { ...p.challenge, signature: "" } })],
    ["a signature of our own", (p) => ({ ...p, challenge: { ...p.challenge, signature: createHash("sha256").digest("hex") } })],
    ["less work", (p) => changed(p, { cost: 1 })],
    ["an easier goal", (p) => changed(p, { keyPrefix: "0" })],
    ["no goal", (p) => changed(p, { keyPrefix: "" })],
    ["a longer life", (p) => changed(p, { expiresAt: Number(p.challenge.parameters.expiresAt) + 60 })],
    ["no expiry", (p) => changed(p, { expiresAt: undefined })],
    ["another nonce", (p) => changed(p, { nonce: "0".repeat(32) })],
    ["another salt", (p) => changed(p, { salt: "0".repeat(32) })],
    ["another form", (p) => changed(p, { data: { ...(p.challenge.parameters.data as object), form: "session" } })],
    ["another algorithm", (p) => changed(p, { algorithm: "SHA-256" })],
    ["a member more", (p) => changed(p, { memoryCost: 0 })],
    ["no deterministic signature", (p) => changed(p, { keySignature: undefined })],
    ["JSON of another shape", () => []],
  ];
  const payload = await captcha(url, "email");
  for (const [what, forge] of forged) {
    assertProblem(await use("email", encode(forge(decode(payload)))), 403, "captcha-rejected", what);
  }
  assert.equal((await use("email", payload)).status, 202, "the true one still works: nothing above spent it");
});

function changed(payload: Payload, change: object): Payload {
  return { ...payload, challenge: { ...payload.challenge, parameters: { ...payload.challenge.parameters, ...change } } };
}

test("two solutions that differ in writing only are one solution", async () => {
  const payload = await captcha(url, "email");
  assert.equal((await use("email", payload)).status, 202);
  const same = decode(payload);
  const nonce = { ...same.challenge.parameters, nonce: same.challenge.parameters.nonce.toUpperCase() };
  for (const again of [
    encode({ solution: same.solution, challenge: same.challenge }),
    encode({ ...same, solution: { ...same.solution, time: 5 } }),
    encode({ ...same, challenge: { ...same.challenge, parameters: nonce } }),
    encode({ ...same, challenge: { ...same.challenge, signature: same.challenge.signature?.toUpperCase() } }),
    `${payload}\n`,
    payload.replaceAll("=", ""),
  ]) {
    assertProblem(await use("email", again), 403, "captcha-rejected", again.slice(-20));
  }
});

test("an expired challenge is refused", async () => {
  await using short = await Server.start({ vars: { LIMIT_IP_MINUTE: 0, TTL_CAPTCHA: 1 } });
  const made = await challenge(short.url, "email");
  const payload = await solve(made);
  await wait(Math.max(0, Number(made.parameters.expiresAt) * 1000 - Date.now()) + 20);
  assertProblem(await use("email", payload, short.url), 403, "captcha-rejected", "expired");
});

test("a challenge of another deployment is refused", async () => {
  await using other = await Server.start({ vars: { LIMIT_IP_MINUTE: 0 } });
  assertProblem(await use("email", await captcha(other.url, "email")), 403, "captcha-rejected", "another key");
});

test("a harder challenge is asked for where one number is asked about often, known or not", async () => {
  await using strict = await Server.start({
    vars: { LIMIT_IP_MINUTE: 0, LIMIT_DISPATCH_HOUR: 0, LIMIT_DISPATCH_DAY: 0, CAPTCHA_COST: 1, CAPTCHA_RAISE_AFTER: 2 },
  });
  for (const [identifier, email] of [[member(3).identifier, member(3).email], ["9999999999", "khong-co@example.vn"]]) {
    const ask = async (level: number) => {
      const answer = await fetch(`${strict.url}/api/v1/captcha?form=email&level=${level}`);
      const payload = await solve((await answer.json()) as Challenge);
      return post(strict.url, "/api/v1/recoveries", { identifier, email, locale: "vi", captcha: payload });
    };
    assert.equal((await ask(0)).status, 202);
    assert.equal((await ask(0)).status, 202);
    const refused = assertProblem(await ask(0), 403, "captcha-rejected", "more work") as { level?: number };
    assert.equal(refused.level, 1);
    assert.equal((await ask(1)).status, 202, "and never a refusal by number alone");
  }
});
