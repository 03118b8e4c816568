// The text-message channel from the text to the new password, and everybody who is to get nothing.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { call, member, SEEDED_PASSWORD, slug, type Answer } from "../support/api.ts";
import { captcha } from "../support/captcha.ts";
import { query } from "../support/database.ts";
import { Server } from "../support/server.ts";
import { codeIn, text, TWILIO, webCodeIn } from "../support/texts.ts";

const VARS = { ...TWILIO, CAPTCHA_COST: 1, LIMIT_IP_MINUTE: 0 };
const GOOD = "hoang anh bay ve to am xua";

let server: Server;
before(async () => {
  server = await Server.start({ vars: VARS });
});
after(() => server?.stop());

interface Waiting {
  session: string;
  web_code: string;
  expires_in: number;
}
interface Progress {
  state: string;
  recovery?: string;
  code_length?: number;
}
interface Ticket {
  ticket: string;
}

async function openPage(url: string, locale = "vi"): Promise<Waiting> {
  const body = { captcha: await captcha(url, "email"), locale };
  const answer = await call<Waiting>(url, "POST", "/api/v1/sms-sessions", body);
  assert.equal(answer.status, 202, JSON.stringify(answer.body));
  return answer.body;
}

async function progress(url: string, session: string): Promise<Answer<Progress>> {
  return call<Progress>(url, "GET", `/api/v1/sms-sessions/${session}`);
}

async function locate(url: string, locator: string): Promise<Answer<{ recovery: string; expires_in: number }>> {
  const body = { locator, captcha: await captcha(url, "email") };
  return call(url, "POST", "/api/v1/sms-codes", body);
}

async function redeem(url: string, recovery: string, code: string): Promise<Answer<Ticket>> {
  return call<Ticket>(url, "POST", `/api/v1/recoveries/${recovery}/code`, { code });
}

async function setAndSignIn(url: string, ticket: string, identifier: string): Promise<void> {
  const set = await call(url, "POST", "/api/v1/password", { ticket, password: GOOD });
  assert.equal(set.status, 204, JSON.stringify(set.body));
  const entered = await call(url, "POST", "/api/v1/session", { identifier, password: GOOD });
  assert.equal(entered.status, 200);
}

function tickets(at: Server = server): number {
  return Number(query(at, "SELECT count(*) AS n FROM ticket")[0]?.["n"]);
}

test("the plain form: a text, a typed code, a new password", async () => {
  const { identifier, phone } = member(1);
  const reply = await text(server.url, phone, `bh mk ${identifier}`);
  assert.ok((reply ?? "").length <= 160, reply);
  const { locator, code } = codeIn(reply);
  const found = await locate(server.url, locator.toLowerCase());
  assert.equal(found.status, 200);
  const granted = await redeem(server.url, found.body.recovery, code);
  assert.equal(granted.status, 200);
  await setAndSignIn(server.url, granted.body.ticket, identifier);
  assert.equal((await locate(server.url, locator)).status, 410, "the code is used up");
});

test("the page waits, moves on when the text has come, and takes the code from the reply", async () => {
  const { identifier, phone } = member(2);
  const page = await openPage(server.url);
  assert.match(page.web_code, /^[A-Z][0-9A-Z]{3}$/);
  assert.equal((await progress(server.url, page.session)).body.state, "waiting");
  const reply = await text(server.url, phone, `BH MK ${identifier} ${page.web_code}`);
  assert.match(reply ?? "", /BAN da mo/);
  const moved = await progress(server.url, page.session);
  assert.equal(moved.body.state, "received");
  assert.equal(moved.body.code_length, 8);
  const before = tickets();
  const granted = await redeem(server.url, moved.body.recovery ?? "", webCodeIn(reply));
  assert.equal(granted.status, 200);
  assert.equal(tickets(), before + 1);
  await setAndSignIn(server.url, granted.body.ticket, identifier);
  assert.equal((await progress(server.url, page.session)).status, 410);
});

test("a page in English gets its reply in English", async () => {
  const page = await openPage(server.url, "en");
  const { identifier, phone } = member(3);
  assert.match((await text(server.url, phone, `BH MK ${identifier} ${page.web_code}`)) ?? "", /YOU opened/);
});

test("relatives with one phone are each served by number", async () => {
  for (const k of [1, 2]) {
    const identifier = String(9_100_000_000 + k);
    const { locator, code } = codeIn(await text(server.url, "0909000000", `BH MK ${identifier}`));
    const found = await locate(server.url, locator);
    const granted = await redeem(server.url, found.body.recovery, code);
    assert.equal(granted.status, 200);
    await setAndSignIn(server.url, granted.body.ticket, identifier);
  }
});

test("a forged sender without a page gets no ticket: what came back went to the phone", async () => {
  // The forger has everything but the reply.
  const { identifier, phone } = member(4);
  const before = tickets();
  await text(server.url, phone, `BH MK ${identifier}`);
  const [row] = query(
    server,
    `SELECT name FROM text_name JOIN recovery ON recovery.id = owner
     JOIN member_identifier ON member_identifier.member = recovery.member WHERE identifier = ?`,
    identifier,
  );
  // Even with the locator known, only the code opens anything, five tries long.
  const found = await locate(server.url, String(row?.["name"]));
  assert.equal(found.status, 200);
  const statuses = [];
  for (let tries = 0; tries < 6; tries++) {
    statuses.push((await redeem(server.url, found.body.recovery, `2222-222${tries}`)).status);
  }
  assert.deepEqual(statuses, [422, 422, 422, 422, 422, 410]);
  assert.equal(tickets(), before);
});

test("a forged sender with the forger's own live web code moves that page on, and no further", async () => {
  const { identifier, phone } = member(5);
  const before = tickets();
  const page = await openPage(server.url);
  await text(server.url, phone, `BH MK ${identifier} ${page.web_code}`);
  const moved = await progress(server.url, page.session);
  assert.equal(moved.body.state, "received");
  assert.deepEqual(Object.keys(moved.body).toSorted(), ["code_length", "expires_in", "recovery", "state"]);
  for (let tries = 0; tries < 6; tries++) {
    const answer = await redeem(server.url, moved.body.recovery ?? "", `3333-333${tries}`);
    assert.ok([422, 410].includes(answer.status));
  }
  assert.equal(tickets(), before);
});

test("a real sender with a stranger's web code opens nothing for the stranger, nor by itself", async () => {
  const { identifier, phone } = member(6);
  const before = tickets();
  const stranger = await openPage(server.url);
  const reply = await text(server.url, phone, `BH MK ${identifier} ${stranger.web_code}`);
  assert.match(reply ?? "", /Khong ai khac can ma/, "the reply warns");
  const code = webCodeIn(reply);
  // The member has no field for it: it has no locator.
  assert.equal((await locate(server.url, code.slice(0, 4))).status, 410);
  assert.equal(tickets(), before);
  // And texting again without it works as ever.
  const again = codeIn(await text(server.url, phone, `BH MK ${identifier}`));
  const found = await locate(server.url, again.locator);
  assert.equal((await redeem(server.url, found.body.recovery, again.code)).status, 200);
});

test("a web code is good for one text; a second one gets the plain form", async () => {
  const page = await openPage(server.url);
  await text(server.url, member(7).phone, `BH MK ${member(7).identifier} ${page.web_code}`);
  const first = await progress(server.url, page.session);
  const reply = await text(server.url, member(8).phone, `BH MK ${member(8).identifier} ${page.web_code}`);
  assert.ok(codeIn(reply));
  assert.deepEqual((await progress(server.url, page.session)).body.recovery, first.body.recovery);
});

test("a decoy's code is never right", async () => {
  const before = tickets();
  // Another member's phone.
  const reply = await text(server.url, member(9).phone, `BH MK ${member(10).identifier}`);
  const { locator, code } = codeIn(reply);
  const found = await locate(server.url, locator);
  assert.equal(found.status, 200);
  assert.equal((await redeem(server.url, found.body.recovery, code)).status, 422);
  assert.equal(tickets(), before);
});

test("junk in sessions and locators is answered as what is over", async () => {
  for (const session of ["x", "0".repeat(26), "%ff", "a".repeat(300)]) {
    const answer = await progress(server.url, session);
    assert.equal(answer.status, 410, session);
    assert.equal(slug(answer), "recovery-closed");
  }
  assert.equal((await locate(server.url, "ZZZZ")).status, 410);
  assert.equal((await locate(server.url, "Z!")).status, 422);
  const without = await call(server.url, "POST", "/api/v1/sms-sessions", { captcha: "x", locale: "vi" });
  assert.equal(slug(without), "captcha-rejected");
});

test("the temporary password is valid once, and only for choosing a new one", async () => {
  await using lent = await Server.start({ vars: { ...VARS, SMS_TEMPORARY_PASSWORD: "on" } });
  const { identifier, phone } = member(1);
  const reply = await text(lent.url, phone, `BH MK ${identifier}`);
  const [, temporary] = /tam: ([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})/.exec(reply ?? "") ?? [];
  assert.ok(temporary, reply);
  const signIn = (password: string) =>
    call<Ticket & { name?: string }>(lent.url, "POST", "/api/v1/session", { identifier, password });
  // The password on record still works: a forged text shuts nobody out.
  assert.equal((await signIn(SEEDED_PASSWORD)).status, 200);
  const [first, second] = await Promise.all([signIn(temporary), signIn(temporary)]);
  assert.deepEqual([first.status, second.status].toSorted(), [200, 401]);
  const good = first.status === 200 ? first : second;
  assert.equal(good.headers.get("set-cookie"), null, "no session");
  assert.deepEqual(Object.keys(good.body).toSorted(), ["expires_in", "ticket"]);
  assert.equal((await signIn(temporary)).status, 401);
  await setAndSignIn(lent.url, good.body.ticket, identifier);
  // On a deployment without the policy the same text brings a code, and such a password nothing.
  assert.ok(codeIn(await text(server.url, member(11).phone, `BH MK ${member(11).identifier}`)));
});

test("with the channel switched off texts and pages are turned away, and codes already sent still work", async () => {
  const { identifier, phone } = member(12);
  await using first = await Server.start({ vars: VARS });
  const { locator, code } = codeIn(await text(first.url, phone, `BH MK ${identifier}`));
  await first.crash();
  await using off = await Server.start({ vars: { ...VARS, CHANNELS_OFF: "sms" }, state: first.state });
  await assert.rejects(text(off.url, phone, `BH MK ${identifier}`), /^Error: 503/);
  const body = { captcha: await captcha(off.url, "email"), locale: "vi" };
  assert.equal((await call(off.url, "POST", "/api/v1/sms-sessions", body)).status, 503);
  const config = await call<{ channels: string[] }>(off.url, "GET", "/api/v1/config");
  assert.ok(!config.body.channels.includes("sms"));
  const found = await locate(off.url, locator);
  assert.equal((await redeem(off.url, found.body.recovery, code)).status, 200);
});
