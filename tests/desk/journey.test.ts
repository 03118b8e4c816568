// Cases from opening to a new password, over HTTP, with three roles.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { call, slug } from "../support/api.ts";
import { change, query } from "../support/database.ts";
import { Issuer, Officer, OFFICE, openCase, type CaseView, type Opened, type Row, type Status } from "../support/desk.ts";
import { mailsTo, waitForMail } from "../support/mail.ts";
import { root, Server, until, xtask } from "../support/server.ts";

const PASSWORD = "cây đa đầu làng 47";
let issuer: Issuer;
let server: Server;
let url: string;
let first: Officer;
let second: Officer;
let supervisor: Officer;
let elsewhere: Officer;

before(async () => {
  issuer = await Issuer.start();
  server = await Server.start({
    vars: { ...issuer.vars(), CAPTCHA_COST: 1, LIMIT_IP_MINUTE: 0, COOLING_OFF: 3, LIMIT_CASE_DAY: 0 },
  });
  url = server.url;
  first = new Officer(url, issuer, "can-bo-1@example.vn");
  second = new Officer(url, issuer, "can-bo-2@example.vn");
  supervisor = new Officer(url, issuer, "giam-sat@example.vn");
  elsewhere = new Officer(url, issuer, "can-bo-3@example.vn");
});
after(async () => {
  await server?.stop();
  issuer?.stop();
});

const status = (opened: Opened) => call<Status>(url, "POST", "/api/v1/cases/status", opened);

async function opened(k: number, stated: Record<string, string> = {}): Promise<Opened> {
  const answer = await openCase(url, k, stated);
  assert.equal(answer.status, 202, JSON.stringify(answer.body));
  return answer.body;
}

async function done(answer: Promise<{ status: number; body: unknown }>): Promise<void> {
  const { status: code, body } = await answer;
  assert.equal(code, 200, JSON.stringify(body));
}

/** The token of a mail's link to a page. */
function token(text: string, page: string): string {
  const line = text.split(/\r?\n/).find((one) => one.trim().startsWith("http") && one.includes(page));
  assert.ok(line, `no ${page} in ${text}`);
  return line.trim().split("#")[1] ?? "";
}

async function setPassword(ticket: string): Promise<void> {
  const answer = await call(url, "POST", "/api/v1/password", { ticket, password: PASSWORD });
  assert.equal(answer.status, 204, JSON.stringify(answer.body));
}

async function signIn(identifier: string): Promise<number> {
  return (await call(url, "POST", "/api/v1/session", { identifier, password: PASSWORD })).status;
}

/** A case of member `k` with a new address, approved twice. */
async function coolingOff(k: number, address: string): Promise<Opened> {
  const codes = await opened(k, { phone: "", email: address });
  await done(first.act(codes.case_number, "check", { check: "in-person" }));
  await done(first.act(codes.case_number, "propose"));
  await done(second.act(codes.case_number, "confirm"));
  return codes;
}

test("an officer verifies, approves, and the person is back in by the link sent to the address on record", async () => {
  const codes = await opened(21);
  assert.match(codes.case_number, /^HS-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  assert.match(codes.lookup_code, /^([0-9A-Z]{4}-){3}[0-9A-Z]{4}$/);
  assert.equal((await status(codes)).body.state, "received");
  await done(first.act(codes.case_number, "take"));
  await done(first.act(codes.case_number, "ask", { text: "Bạn nghe máy lúc 9 giờ được không?" }));
  const waiting = await status(codes);
  assert.deepEqual([waiting.body.state, waiting.body.messages[0]?.from], ["waiting", "office"]);
  await done(call(url, "POST", "/api/v1/cases/message", { ...codes, message: "Được ạ." }));

  const early = await first.act(codes.case_number, "approve", { contact: "tv21-email1" });
  assert.deepEqual([early.status, slug(early)], [422, "not-yet"], "nobody has checked anything yet");
  await done(first.act(codes.case_number, "check", { check: "call-back" }));
  const { case: id } = await first.find(codes.case_number);
  const view = (await first.call<CaseView>("GET", `/cases/${id}`)).body;
  assert.deepEqual(
    view.stated.map(({ item, verdict }) => [item, verdict]),
    [
      ["name", view.stated[0]?.verdict],
      ["birth_date", view.stated[1]?.verdict],
      ["identifier", "match"],
      ["phone", "match"],
      ["email", "match"],
      ["message", undefined],
    ],
  );
  const contact = view.contacts.find(({ kind }) => kind === "email");
  assert.ok(contact?.is_stated);
  await done(first.act(codes.case_number, "approve", { contact: contact.id }));
  assert.equal((await status(codes)).body.state, "approved");

  const mail = await waitForMail(server, "tv21@example.vn");
  const granted = await call<{ ticket: string }>(url, "POST", "/api/v1/recoveries/link", {
    token: token(mail.text, "/lien-ket#"),
  });
  assert.equal(granted.status, 200);
  await setPassword(granted.body.ticket);
  assert.equal(await signIn("9000000021"), 200);
});

test("a changed address: two people, a cooling-off, then link and look-up code together", async () => {
  const codes = await coolingOff(22, "moi22@example.vn");
  assert.equal((await status(codes)).body.state, "cooling-off");
  const notice = await waitForMail(server, "tv22@example.vn");
  token(notice.text, "/khong-phai-toi#");
  assert.equal((await mailsTo(server, "moi22@example.vn")).length, 0);

  const mail = await waitForMail(server, "moi22@example.vn");
  assert.equal((await status(codes)).body.state, "approved");
  const link = token(mail.text, "/ho-so#");
  const plain = await call(url, "POST", "/api/v1/recoveries/link", { token: link });
  assert.deepEqual([plain.status, slug(plain)], [410, "link-spent"]);
  const wrong = { token: link, lookup_code: "0000-0000-0000-0000" };
  const refused = await call(url, "POST", "/api/v1/cases/continue", wrong);
  assert.deepEqual([refused.status, slug(refused)], [404, "case-not-found"]);
  const granted = await call<{ ticket: string }>(url, "POST", "/api/v1/cases/continue", {
    token: link,
    lookup_code: codes.lookup_code.toLowerCase(),
  });
  assert.equal(granted.status, 200, JSON.stringify(granted.body));
  await setPassword(granted.body.ticket);
  assert.equal(await signIn("9000000022"), 200);
  const told = await waitForMail(server, "tv22@example.vn", 2);
  assert.ok(!told.text.includes("#"), "the old address has no power any more");
});

test("an old address stops the change; proof in person, two people and a supervisor go on", async () => {
  const codes = await coolingOff(23, "moi23@example.vn");
  const notice = await waitForMail(server, "tv23@example.vn");
  const stop = { token: token(notice.text, "/khong-phai-toi#") };
  assert.equal((await call(url, "POST", "/api/v1/recoveries/disown", stop)).status, 204);
  assert.equal((await status(codes)).body.state, "disputed");
  await until("the end of the cooling-off", () => (Date.now() / 1000 > Number(query(server, "SELECT opened_at AS at FROM desk_case WHERE state = 'disputed'")[0]?.["at"]) + 4 ? true : undefined));
  await server.sweep();
  assert.equal((await mailsTo(server, "moi23@example.vn")).length, 0);

  const early = await first.act(codes.case_number, "resume");
  assert.deepEqual([early.status, slug(early)], [422, "not-yet"]);
  await done(first.act(codes.case_number, "check", { check: "in-person" }));
  await done(first.act(codes.case_number, "resume"));
  const alone = await second.act(codes.case_number, "resume");
  assert.deepEqual([alone.status, slug(alone)], [403, "not-allowed"], "two officers are not enough");
  await done(supervisor.act(codes.case_number, "resume"));
  assert.equal((await call(url, "POST", "/api/v1/recoveries/disown", stop)).status, 204);
  assert.equal((await status(codes)).body.state, "approved");
  const mail = await waitForMail(server, "moi23@example.vn");
  const body = { token: token(mail.text, "/ho-so#"), lookup_code: codes.lookup_code };
  assert.equal((await call(url, "POST", "/api/v1/cases/continue", body)).status, 200);
});

test("whoever calls the office is heard: an officer stops a change that waits", async () => {
  const codes = await coolingOff(29, "moi29@example.vn");
  const notice = await waitForMail(server, "tv29@example.vn");
  await done(first.act(codes.case_number, "return"));
  assert.equal((await status(codes)).body.state, "disputed");
  const again = await first.act(codes.case_number, "return");
  assert.deepEqual([again.status, slug(again)], [409, "case-state"]);
  const stop = { token: token(notice.text, "/khong-phai-toi#") };
  assert.equal((await call(url, "POST", "/api/v1/recoveries/disown", stop)).status, 204);
  assert.equal((await status(codes)).body.state, "disputed");
});

test("the first approver cannot be the second, and another office sees nothing", async () => {
  const codes = await opened(24, { phone: "", email: "moi24@example.vn" });
  await done(first.act(codes.case_number, "check", { check: "in-person" }));
  await done(first.act(codes.case_number, "propose"));
  const again = await first.act(codes.case_number, "confirm");
  assert.deepEqual([again.status, slug(again)], [403, "same-person"]);
  const { case: id } = await first.find(codes.case_number);
  const there = await elsewhere.call("GET", `/cases/${id}`);
  assert.deepEqual([there.status, slug(there)], [404, "case-not-found"]);
  const found = await elsewhere.call<{ cases: Row[] }>("POST", "/search", { q: codes.case_number });
  assert.deepEqual(found.body.cases, []);
  assert.equal((await first.call("GET", "/figures")).status, 403);
  assert.equal((await supervisor.call("GET", "/figures")).status, 200);
});

test("an officer is kept from the own case", async () => {
  const codes = await opened(901, {});
  const { case: id, version } = await second.find(codes.case_number);
  const own = await first.call("GET", `/cases/${id}`);
  assert.deepEqual([own.status, slug(own)], [403, "not-allowed"]);
  const act = await first.call("POST", `/cases/${id}`, { act: "take", version: String(version) });
  assert.deepEqual([act.status, slug(act)], [403, "not-allowed"]);
});

test("two officers at once: one decision, and the other is told to look again", async () => {
  const codes = await opened(25);
  await done(first.act(codes.case_number, "check", { check: "record" }));
  const { case: id, version } = await first.find(codes.case_number);
  const reject = { act: "reject", version: String(version), reason: "not-verified" };
  for (let round = 0; round < 5; round += 1) {
    const answers = await Promise.all([first, second].map((who) => who.call("POST", `/cases/${id}`, reject)));
    const good = answers.filter(({ status: code }) => code === 200);
    assert.equal(good.length, round === 0 ? 1 : 0);
    for (const answer of answers.filter(({ status: code }) => code !== 200)) {
      assert.deepEqual([answer.status, slug(answer)], [409, "case-changed"]);
    }
  }
});

test("input of a case is checked field by field, and spends nothing", async () => {
  const bad = await openCase(url, 26, { birth_date: "1980-02-30", phone: "1", name: "", office: "KHÔNG" });
  assert.deepEqual([bad.status, slug(bad)], [422, "invalid-input"]);
  const errors = (bad.body as unknown as { errors: { field: string }[] }).errors.map(({ field }) => field);
  assert.deepEqual(errors.toSorted(), ["birth_date", "name", "office", "phone"]);
  const nobody = await openCase(url, 26, { phone: "", email: "" });
  assert.deepEqual([nobody.status, slug(nobody)], [422, "invalid-input"]);
  const nowhere = await openCase(url, 26, { office: "bhxh-tinh-ca-mau" });
  assert.deepEqual([nowhere.status, slug(nowhere)], [422, "invalid-input"]);
  const offices = await call<{ offices: string[] }>(url, "GET", "/api/v1/cases/offices");
  assert.ok(offices.body.offices.includes(OFFICE));
});

test("what a citizen stated and wrote, and the look-up code, stand in clear nowhere", async () => {
  const canary = { name: "Chim Hoàng Yến Canari", birth_date: "1931-07-19", phone: "0901234567", email: "canari-kin@example.vn" };
  const codes = await opened(27, { ...canary, message: "lời nhắn canari riêng" });
  await done(call(url, "POST", "/api/v1/cases/message", { ...codes, message: "lời thứ hai canari" }));
  await done(first.act(codes.case_number, "note", { text: "ghi chú canari của cán bộ" }));
  await done(first.call("POST", "/search", { q: canary.email }) as Promise<{ status: number; body: unknown }>);
  await server.sweep();
  const secrets = ["Canari", "canari", "1931-07-19", "0901234567", "901234567", codes.lookup_code, codes.lookup_code.replaceAll("-", "")];
  const files = readdirSync(join(server.state, "data"), { recursive: true, withFileTypes: true });
  let looked = 0;
  for (const file of files) {
    if (!file.isFile()) continue;
    const bytes = readFileSync(join(file.parentPath, file.name));
    looked += 1;
    for (const secret of secrets) assert.ok(!bytes.includes(secret), `${secret} in ${file.name}`);
  }
  assert.ok(looked > 0);
  for (const secret of secrets) assert.ok(!server.log().includes(secret), `${secret} in the log`);
});

test("every act is in the chained audit, and a record changed in the table is found", async () => {
  await server.sweep();
  const before_ = await supervisor.call<{ good: number; findings: unknown[] }>("GET", "/audit");
  assert.deepEqual(before_.body.findings, []);
  assert.ok(before_.body.good > 20, `${before_.body.good} linked`);
  const [row] = query(server, "SELECT seq FROM audit WHERE act = 'case-change-confirmed' LIMIT 1");
  change(server, "UPDATE audit SET staff = 'cb9' WHERE seq = ?", Number(row?.["seq"]));
  const after_ = await supervisor.call<{ findings: unknown[] }>("GET", "/audit");
  assert.deepEqual(after_.body.findings, [{ seq: row?.["seq"], finding: "altered" }]);
  assert.equal((await first.call("GET", "/audit")).status, 403);

  const words = ["audit", "verify", "--state", server.state];
  const verdict = spawnSync(xtask(), words, { cwd: root, encoding: "utf8" });
  assert.equal(verdict.status, 1, verdict.stderr);
  assert.match(verdict.stdout, new RegExp(`^record ${row?.["seq"]}: altered$`, "m"));
  // Log and bucket are the second place: a table cut off with its links and checkpoints shows by it.
  change(server, "DELETE FROM audit WHERE seq > 5");
  change(server, "DELETE FROM audit_link WHERE seq > 5");
  change(server, "DELETE FROM audit_checkpoint WHERE upto > 5");
  const alone = spawnSync(xtask(), words, { cwd: root, encoding: "utf8" });
  assert.equal(alone.status, 0, "by itself the cut table looks good");
  const log = join(server.state, "wrangler.log");
  const bucket = join(server.state, "data/v3/r2/chiakhoa-checkpoints/blobs");
  for (const place of [log, bucket]) {
    const told = spawnSync(xtask(), [...words, "--checkpoints", place], { cwd: root, encoding: "utf8" });
    assert.equal(told.status, 1, told.stderr);
    assert.match(told.stdout, /^record 6: removed$/m, place);
  }
  // A place that holds none proves nothing, and says so.
  const nowhere = spawnSync(xtask(), [...words, "--checkpoints", "docs"], { cwd: root, encoding: "utf8" });
  assert.equal(nowhere.status, 1);
  assert.match(nowhere.stderr, /no checkpoint in docs/);
});
