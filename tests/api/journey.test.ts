// The email channel from the form to the new password, as a client of the API.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { call, member, SEEDED_PASSWORD, slug, startRecovery, type Problem, type Started } from "../support/api.ts";
import { captcha } from "../support/captcha.ts";
import { query } from "../support/database.ts";
import { mailsTo, secretsIn, waitForMail } from "../support/mail.ts";
import { Server, until } from "../support/server.ts";

interface Ticket {
  ticket: string;
  expires_in: number;
}

let server: Server;
let url: string;

before(async () => {
  server = await Server.start({ vars: { CAPTCHA_COST: 1, LIMIT_IP_MINUTE: 0 } });
  url = server.url;
});
after(() => server.stop());

/** A member of this file that no other test uses. */
let next = 1;
function someone(): ReturnType<typeof member> {
  return member(next++);
}

/** The token of a link: its fragment. */
function fragment(link: string): string {
  return new URL(link).hash.slice(1);
}

async function setPassword(ticket: string, password: string) {
  return call(url, "POST", "/api/v1/password", { ticket, password });
}

async function signIn(identifier: string, password: string) {
  return call(url, "POST", "/api/v1/session", { identifier, password });
}

test("a code leads to a new password, and the old one is gone", async () => {
  const { identifier, email } = someone();
  const started = await startRecovery(url, identifier, email);
  assert.equal(started.status, 202);
  assert.deepEqual(Object.keys(started.body).toSorted(), ["code_length", "expires_in", "recovery", "resend_after"]);
  assert.equal(started.body.code_length, 8);
  assert.equal(started.body.expires_in, 600);
  assert.equal(started.body.resend_after, 60);
  const mail = await waitForMail(server, email);
  const { code } = secretsIn(mail.text);
  const typed = ` ${code.toLowerCase().replaceAll("0", "o").replaceAll("1", "l")} `;
  const redeemed = await call<Ticket>(url, "POST", `/api/v1/recoveries/${started.body.recovery}/code`, { code: typed });
  assert.equal(redeemed.status, 200);
  assert.equal(redeemed.body.expires_in, 900);
  const set = await setPassword(redeemed.body.ticket, "bon mua xuan ha thu dong");
  assert.equal(set.status, 204);
  assert.equal(set.body, "");
  assert.equal((await signIn(identifier, "bon mua xuan ha thu dong")).status, 200);
  assert.equal((await signIn(identifier, SEEDED_PASSWORD)).status, 401);
});

test("a link leads to a new password", async () => {
  const { identifier, email } = someone();
  await startRecovery(url, identifier, email, "en");
  const mail = await waitForMail(server, email);
  const { link } = secretsIn(mail.text);
  assert.equal(new URL(link).origin, url);
  assert.equal(new URL(link).pathname, "/en/lien-ket");
  const redeemed = await call<Ticket>(url, "POST", "/api/v1/recoveries/link", { token: fragment(link) });
  assert.equal(redeemed.status, 200);
  assert.equal((await setPassword(redeemed.body.ticket, "con duong lang nho quanh co")).status, 204);
  assert.equal((await signIn(identifier, "con duong lang nho quanh co")).status, 200);
});

test("a message asked for again has the same code, links and expiry", async () => {
  const { identifier, email } = someone();
  const started = await startRecovery(url, identifier, email);
  const first = secretsIn((await waitForMail(server, email)).text);
  const path = `/api/v1/recoveries/${started.body.recovery}/resend`;
  const again = await call<Started>(url, "POST", path, { captcha: await captcha(url, "email") });
  assert.equal(again.status, 202);
  assert.equal(again.body.recovery, started.body.recovery);
  assert.ok(again.body.expires_in <= started.body.expires_in);
  const second = secretsIn((await waitForMail(server, email, 2)).text);
  assert.deepEqual(second, first);
});

test("the fourth message of an hour is refused with the time to wait", async () => {
  const { identifier, email } = someone();
  const started = await startRecovery(url, identifier, email);
  const path = `/api/v1/recoveries/${started.body.recovery}/resend`;
  for (let resent = 0; resent < 2; resent++) {
    const again = await call(url, "POST", path, { captcha: await captcha(url, "email") });
    assert.equal(again.status, 202);
  }
  for (const refused of [
    await call(url, "POST", path, { captcha: await captcha(url, "email") }),
    await startRecovery(url, identifier, email),
  ]) {
    assert.equal(refused.status, 429);
    assert.equal(slug(refused), "too-many-requests");
    const wait = Number(refused.headers.get("retry-after"));
    assert.ok(wait > 3_000 && wait <= 3_600, String(wait));
  }
});

test("a second ticket of a recovery makes the first worthless", async () => {
  const { identifier, email } = someone();
  const started = await startRecovery(url, identifier, email);
  const { code, link } = secretsIn((await waitForMail(server, email)).text);
  const byCode = await call<Ticket>(url, "POST", `/api/v1/recoveries/${started.body.recovery}/code`, { code });
  const byLink = await call<Ticket>(url, "POST", "/api/v1/recoveries/link", { token: fragment(link) });
  const early = await setPassword(byCode.body.ticket, "gio mat trang thanh dem nay");
  assert.equal(early.status, 410);
  assert.equal(slug(early), "ticket-spent");
  assert.equal((await setPassword(byLink.body.ticket, "gio mat trang thanh dem nay")).status, 204);
});

test("a new password ends every session, code, link and ticket of the member, and is announced", async () => {
  const { identifier, email } = someone();
  const older = await startRecovery(url, identifier, email);
  const old = secretsIn((await waitForMail(server, email)).text);
  const started = await startRecovery(url, identifier, email);
  const fresh = secretsIn((await waitForMail(server, email, 2)).text);
  const oldTicket = await call<Ticket>(url, "POST", "/api/v1/recoveries/link", { token: fragment(old.link) });
  const cookie = (await signIn(identifier, SEEDED_PASSWORD)).headers.get("set-cookie")?.split(";")[0] ?? "";
  assert.equal((await call(url, "GET", "/api/v1/session", undefined, { cookie })).status, 200);

  const ticket = await call<Ticket>(url, "POST", "/api/v1/recoveries/link", { token: fragment(fresh.link) });
  assert.equal((await setPassword(ticket.body.ticket, "nang vang tren canh dong lua")).status, 204);

  assert.equal((await call(url, "GET", "/api/v1/session", undefined, { cookie })).status, 401);
  for (const [path, body, gone] of [
    [`/api/v1/recoveries/${older.body.recovery}/code`, { code: old.code }, "recovery-closed"],
    [`/api/v1/recoveries/${started.body.recovery}/code`, { code: fresh.code }, "recovery-closed"],
    ["/api/v1/recoveries/link", { token: fragment(old.link) }, "link-spent"],
    ["/api/v1/recoveries/link", { token: fragment(fresh.link) }, "link-spent"],
    ["/api/v1/password", { ticket: oldTicket.body.ticket, password: "nang vang tren canh dong lua" }, "ticket-spent"],
    ["/api/v1/password", { ticket: ticket.body.ticket, password: "nang vang tren canh dong lua" }, "ticket-spent"],
  ] as const) {
    const answer = await call(url, "POST", path, body);
    assert.equal(answer.status, 410, path);
    assert.equal(slug(answer), gone);
  }
  const notice = await waitForMail(server, email, 3);
  assert.doesNotMatch(notice.text, /^[0-9A-Z]{4}-[0-9A-Z]{4}$/m);
  assert.ok(!notice.text.includes("nang vang"));
  assert.match(notice.text, /\/khong-phai-toi#/);
});

test("a refused password says every reason and keeps the ticket", async () => {
  const { identifier, email } = someone();
  await startRecovery(url, identifier, email);
  const { link } = secretsIn((await waitForMail(server, email)).text);
  const { body } = await call<Ticket>(url, "POST", "/api/v1/recoveries/link", { token: fragment(link) });
  for (const [password, reasons] of [
    ["ngan", ["too-short"]],
    ["x".repeat(257), ["too-long"]],
    ["password123", ["common"]],
    [`vssid${identifier}`, ["context"]],
  ] as const) {
    const refused = await setPassword(body.ticket, password);
    assert.equal(refused.status, 422, password);
    assert.equal(slug(refused), "password-rejected");
    const { errors = [] } = refused.body as Problem;
    assert.deepEqual(errors.map(({ field }) => field), errors.map(() => "password"));
    for (const reason of reasons) {
      assert.ok(errors.some(({ code }) => code.includes(reason)), `${password}: ${JSON.stringify(errors)}`);
    }
  }
  // 8 to 256 code points after NFC; a passphrase may hold a context word.
  assert.equal((await setPassword(body.ticket, `vssid ${"mây trôi ".repeat(20)}`)).status, 204);
});

test("a password typed in another Unicode form is the same password", async () => {
  const { identifier, email } = someone();
  await startRecovery(url, identifier, email);
  const { link } = secretsIn((await waitForMail(server, email)).text);
  const { body } = await call<Ticket>(url, "POST", "/api/v1/recoveries/link", { token: fragment(link) });
  const password = "trời xanh mây trắng nắng vàng";
  assert.equal((await setPassword(body.ticket, password.normalize("NFD"))).status, 204);
  assert.equal((await signIn(identifier, password.normalize("NFC"))).status, 200);
});

test("“this was not me” before the end stops that recovery and none started later", async () => {
  const { identifier, email } = someone();
  const first = await startRecovery(url, identifier, email);
  const early = secretsIn((await waitForMail(server, email)).text);
  await startRecovery(url, identifier, email);
  const later = secretsIn((await waitForMail(server, email, 2)).text);
  const ticket = await call<Ticket>(url, "POST", "/api/v1/recoveries/link", { token: fragment(early.link) });

  const disowned = await call(url, "POST", "/api/v1/recoveries/disown", { token: fragment(early.disown) });
  assert.equal(disowned.status, 204);
  assert.equal((await setPassword(ticket.body.ticket, "tieng mua roi ngoai hien vang")).status, 410);
  const code = await call(url, "POST", `/api/v1/recoveries/${first.body.recovery}/code`, { code: early.code });
  assert.equal(slug(code), "recovery-closed");
  const link = await call(url, "POST", "/api/v1/recoveries/link", { token: fragment(early.link) });
  assert.equal(slug(link), "link-spent");
  assert.equal((await call(url, "POST", "/api/v1/recoveries/link", { token: fragment(later.link) })).status, 200);
});

test("“this was not me” after the end shuts the password and every session until a new recovery", async () => {
  const { identifier, email } = someone();
  await startRecovery(url, identifier, email);
  const { link } = secretsIn((await waitForMail(server, email)).text);
  const { body } = await call<Ticket>(url, "POST", "/api/v1/recoveries/link", { token: fragment(link) });
  await setPassword(body.ticket, "mot buoi sang mua dong lanh");
  const cookie =
    (await signIn(identifier, "mot buoi sang mua dong lanh")).headers.get("set-cookie")?.split(";")[0] ?? "";
  const notice = await waitForMail(server, email, 2);
  const disown = /https?:\S+\/khong-phai-toi#(\S+)/.exec(notice.text)?.[1];
  assert.equal((await call(url, "POST", "/api/v1/recoveries/disown", { token: disown })).status, 204);
  assert.equal((await call(url, "GET", "/api/v1/session", undefined, { cookie })).status, 401);
  for (const password of ["mot buoi sang mua dong lanh", SEEDED_PASSWORD]) {
    const refused = await signIn(identifier, password);
    assert.equal(refused.status, 401);
    assert.equal(slug(refused), "sign-in-rejected");
  }
  // A second press changes nothing and says the same.
  assert.equal((await call(url, "POST", "/api/v1/recoveries/disown", { token: disown })).status, 204);
  await waitForMail(server, email, 3);

  await startRecovery(url, identifier, email);
  const again = secretsIn((await waitForMail(server, email, 4)).text);
  const ticket = await call<Ticket>(url, "POST", "/api/v1/recoveries/link", { token: fragment(again.link) });
  assert.equal((await setPassword(ticket.body.ticket, "chiec la cuoi cung da rung")).status, 204);
  assert.equal((await call(url, "POST", "/api/v1/recoveries/disown", { token: disown })).status, 204);
  assert.equal((await signIn(identifier, "chiec la cuoi cung da rung")).status, 200, "a later password stays");
});

test("all forms of one number are one account", async () => {
  const { identifier, email } = someone();
  const spaced = `${identifier.slice(0, 4)} ${identifier.slice(4, 7)}-${identifier.slice(7)}`;
  const wide = identifier.replaceAll(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)));
  let count = 0;
  for (const typed of [spaced, wide, `DN401${identifier}`]) {
    const started = await startRecovery(url, typed, email.toUpperCase());
    assert.equal(started.status, 202, typed);
    await waitForMail(server, email, ++count);
  }
  // They share one limit, too.
  assert.equal((await startRecovery(url, identifier, email)).status, 429);
});

test("hard cases get the same answer, and mail goes only where it is on record", async () => {
  for (const [identifier, email, expected] of [
    ["9100000001", "giadinh@example.vn", 1],
    ["9100000005", "giadinh@example.vn", 2],
    ["099910000011", "kho11@example.vn", 1],
    ["9100000012", "kho12@example.vn", 1],
    ["9100000013", "kho13.hai@example.vn", 1],
    ["9100000014", "kho14@example.vn", 1],
  ] as const) {
    assert.equal((await startRecovery(url, identifier, email)).status, 202, identifier);
    await waitForMail(server, email, expected);
  }
  for (const [identifier, email] of [
    ["9100000006", "kho6@example.vn"], // no email on record
    ["9100000009", "kho9@example.vn"], // closed
    ["9100000013", "kho9@example.vn"], // another's
    ["9999999999", "khong-co@example.vn"], // nobody
  ] as const) {
    assert.equal((await startRecovery(url, identifier, email)).status, 202, identifier);
  }
  await until("the outbox at rest", async () => {
    await server.sweep();
    const [row] = query(server, "SELECT count(*) AS n FROM outbox WHERE state IN ('pending', 'leased', 'sending')");
    return row?.["n"] === 0 ? true : undefined;
  });
  for (const stranger of ["kho6@", "kho9@", "khong-co@"]) {
    assert.deepEqual(await mailsTo(server, stranger), [], stranger);
  }
  assert.deepEqual(await mailsTo(server, "kho13@"), []);
});
