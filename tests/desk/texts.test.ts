// The desk by text message: through the outbox and the provider's interface to a phone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { call, member } from "../support/api.ts";
import { query } from "../support/database.ts";
import { Issuer, Officer, openCase, type CaseView, type Opened, type Status } from "../support/desk.ts";
import { mailsTo, waitForMail } from "../support/mail.ts";
import { Server, until } from "../support/server.ts";
import { TextProvider } from "../support/texts.ts";

const PASSWORD = "cây đa đầu làng 47";
let provider: TextProvider;
let issuer: Issuer;
let server: Server;
let url: string;
let first: Officer;
let second: Officer;

before(async () => {
  provider = await TextProvider.start();
  issuer = await Issuer.start();
  server = await Server.start({
    vars: { ...provider.vars, ...issuer.vars(), CAPTCHA_COST: 1, LIMIT_IP_MINUTE: 0, COOLING_OFF: 4, LIMIT_CASE_DAY: 0 },
  });
  url = server.url;
  first = new Officer(url, issuer, "can-bo-1@example.vn");
  second = new Officer(url, issuer, "can-bo-2@example.vn");
});
after(async () => {
  await provider.stop();
  await server?.stop();
  issuer?.stop();
});

/** Text number `count` to a phone, running the scheduled work meanwhile. */
async function textTo(phone: string, count = 1): Promise<string> {
  return until(`text ${count} to ${phone}`, async () => {
    const text = provider.to(phone)[count - 1];
    if (text === undefined) await server.sweep();
    return text;
  });
}

/** One segment of the GSM alphabet without extensions: what a text costs once for. */
function assertOneSegment(text: string): void {
  assert.ok(text.length <= 160, `${text.length}: ${text}`);
  assert.match(text, /^[\x20-\x7e]*$/, text);
  assert.doesNotMatch(text, /[[\]{}\\^~|`]/, text);
}

function tokenIn(text: string, page: string): string {
  const token = new RegExp(`${page}#(\\S+)`).exec(text)?.[1];
  assert.ok(token, `no ${page} in: ${text}`);
  return token;
}

async function opened(k: number, stated: Record<string, string> = {}): Promise<Opened> {
  const answer = await openCase(url, k, stated);
  assert.equal(answer.status, 202, JSON.stringify(answer.body));
  return answer.body;
}

async function done(answer: Promise<{ status: number; body: unknown }>): Promise<void> {
  const { status, body } = await answer;
  assert.equal(status, 200, JSON.stringify(body));
}

/** A case of member `k` with a new phone, approved twice. */
async function changing(k: number, phone: string): Promise<Opened> {
  const codes = await opened(k, { phone, email: "" });
  await done(first.act(codes.case_number, "check", { check: "in-person" }));
  await done(first.act(codes.case_number, "propose"));
  await done(second.act(codes.case_number, "confirm"));
  return codes;
}

const state = async (codes: Opened) => (await call<Status>(url, "POST", "/api/v1/cases/status", codes)).body.state;

test("an approval goes to the phone on record as one text, whose link leads to a new password", async () => {
  const { phone, identifier } = member(71);
  const codes = await opened(71);
  const view = await first.act(codes.case_number, "check", { check: "call-back" });
  const contact = (view.body as CaseView).contacts.find(({ kind }) => kind === "phone");
  assert.ok(contact?.is_stated);
  await done(first.act(codes.case_number, "approve", { contact: contact.id }));
  const text = await textTo(phone);
  assertOneSegment(text);
  const token = tokenIn(text, "/lien-ket");
  const granted = await call<{ ticket: string }>(url, "POST", "/api/v1/recoveries/link", { token });
  assert.equal(granted.status, 200);
  const set = { ticket: granted.body.ticket, password: PASSWORD };
  assert.equal((await call(url, "POST", "/api/v1/password", set)).status, 204);
  assert.equal((await call(url, "POST", "/api/v1/session", { identifier, password: PASSWORD })).status, 200);
  assert.equal((await mailsTo(server, member(71).email)).filter(({ text: body }) => body.includes("/lien-ket#")).length, 0);
  // The notice of the new password comes by text too, and fits.
  assertOneSegment(await textTo(phone, 2));
});

test("a changed phone: the old phone and the old email are told, then link and look-up code open the way at the new one", async () => {
  const [old, fresh] = [member(72).phone, "0900900072"];
  const codes = await changing(72, fresh);
  assert.equal(await state(codes), "cooling-off");
  const notice = await textTo(old);
  assertOneSegment(notice);
  tokenIn(notice, "/khong-phai-toi");
  assert.match((await waitForMail(server, member(72).email)).text, /\/khong-phai-toi#/);
  assert.deepEqual(provider.to(fresh), []);

  const text = await textTo(fresh);
  assertOneSegment(text);
  assert.equal(await state(codes), "approved");
  const token = tokenIn(text, "/ho-so");
  const body = { token, lookup_code: codes.lookup_code };
  const granted = await call<{ ticket: string }>(url, "POST", "/api/v1/cases/continue", body);
  assert.equal(granted.status, 200, JSON.stringify(granted.body));
  const set = { ticket: granted.body.ticket, password: PASSWORD };
  assert.equal((await call(url, "POST", "/api/v1/password", set)).status, 204);
  const told = await textTo(old, 2);
  assertOneSegment(told);
  assert.ok(!told.includes("#"), "the old phone has no power any more");
  const [row] = query(server, "SELECT count(*) AS n FROM outbox WHERE state IN ('dead', 'unknown')");
  assert.equal(row?.["n"], 0);
});

test("the link in the text to the old phone stops the change, and nothing comes to the new one", async () => {
  const [old, fresh] = [member(73).phone, "0900900073"];
  const codes = await changing(73, fresh);
  const token = tokenIn(await textTo(old), "/khong-phai-toi");
  assert.equal((await call(url, "POST", "/api/v1/recoveries/disown", { token })).status, 204);
  assert.equal(await state(codes), "disputed");
  const [row] = query(server, "SELECT opened_at FROM desk_case WHERE number = ?", codes.case_number);
  await until("the end of what would have been the cooling-off", async () => {
    await server.sweep();
    return Date.now() / 1000 > Number(row?.["opened_at"]) + 8 ? true : undefined;
  });
  assert.deepEqual(provider.to(fresh), []);
  assert.equal(await state(codes), "disputed");
});

test("a provider that refuses is tried again; one that never takes it leaves a message to send by hand", async () => {
  const { phone } = member(74);
  const supervisor = new Officer(url, issuer, "giam-sat@example.vn");
  const codes = await opened(74);
  const view = await first.act(codes.case_number, "check", { check: "call-back" });
  const contact = (view.body as CaseView).contacts.find(({ kind }) => kind === "phone");
  provider.failNext(422);
  await done(first.act(codes.case_number, "approve", { contact: contact?.id ?? "" }));
  const dead = await until("a message that was given up", async () => {
    await server.sweep();
    const [row] = query(server, "SELECT id FROM outbox WHERE state = 'dead'");
    return row?.["id"];
  });
  assert.deepEqual(provider.to(phone), []);
  assert.equal((await supervisor.call("POST", `/dead-letters/${String(dead)}`)).status, 204);
  assertOneSegment(await textTo(phone));
  assert.equal(provider.to(phone).length, 1);
});
