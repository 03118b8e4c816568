// A supervisor's figures over HTTP: what is counted, what is sent again, who may see it, and what
// everybody may see.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { call, member, slug, startRecovery, type Answer } from "../support/api.ts";
import { change, query } from "../support/database.ts";
import { Issuer, Officer, OFFICE, openCase, type CaseView } from "../support/desk.ts";
import { secretsIn } from "../support/mail.ts";
import { Provider } from "../support/provider.ts";
import { Server, until } from "../support/server.ts";

const PASSWORD = "cây đa đầu làng 47";
let provider: Provider;
let issuer: Issuer;
let server: Server;
let url: string;
let officer: Officer;
let supervisor: Officer;

before(async () => {
  provider = await Provider.start();
  issuer = await Issuer.start();
  server = await Server.start({
    vars: { ...provider.vars, ...issuer.vars(), CAPTCHA_COST: 1, LIMIT_IP_MINUTE: 0, LIMIT_CASE_DAY: 2 },
  });
  url = server.url;
  officer = new Officer(url, issuer, "can-bo-2@example.vn");
  supervisor = new Officer(url, issuer, "giam-sat@example.vn");
});
after(async () => {
  await provider.stop();
  await server?.stop();
  issuer?.stop();
});

interface Report {
  from: string;
  to: string;
  channels: { channel: string; asked: number; recovered: number; share?: number; p50?: number }[];
  offices: { office: string; opened: number; approved: number; recovered: number; open: number; oldest?: number }[];
  by_day: { day: string; channel: string; asked: number; recovered: number }[];
  limits: { kind: string; count: number }[];
  dead: number;
  dead_letters: { message: string; template: string; channel: string; state: string; life: string }[];
  returned: { kind: string; count: number }[];
  returns: { kind: string; name?: string }[];
}

async function report(days = 7): Promise<Report> {
  const answer = await supervisor.call<Report>("GET", `/report?days=${days}`);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}

const channel = (figures: Report, name: string) => figures.channels.find((row) => row.channel === name);
const limit = (figures: Report, name: string) => figures.limits.find(({ kind }) => kind === name)?.count ?? 0;

/** Mail number `count` to an address, from the provider. */
async function mail(address: string, count = 1): Promise<string> {
  return until(`mail ${count} to ${address}`, async () => {
    const found = provider.sent.filter(({ to }) => to.includes(address))[count - 1];
    if (found === undefined) await server.sweep();
    return found?.text;
  });
}

/** Until nothing else is to be sent: a fault is for the next message. */
async function atRest(): Promise<void> {
  await until("the outbox at rest", async () => {
    await server.sweep();
    const [row] = query(server, "SELECT count(*) AS n FROM outbox WHERE state IN ('pending', 'leased', 'sending')");
    return row?.["n"] === 0 ? true : undefined;
  });
}

/** A case of member `k`, verified. */
async function verified(k: number): Promise<{ number: string; contact: string }> {
  const opened = await openCase(url, k);
  assert.equal(opened.status, 202, JSON.stringify(opened.body));
  const number = opened.body.case_number;
  const view = await officer.act(number, "check", { check: "call-back" });
  assert.equal(view.status, 200, JSON.stringify(view.body));
  const contact = (view.body as CaseView).contacts.find(({ kind }) => kind === "email");
  assert.ok(contact);
  return { number, contact: contact.id };
}

test("a recovery by email and one at the desk count on their channel, day and office, with how long they took", async () => {
  const before_ = await report();
  const { identifier, email } = member(61);
  const started = await startRecovery(url, identifier, email);
  const { code } = secretsIn(await mail(email));
  const path = `/api/v1/recoveries/${started.body.recovery}/code`;
  const { ticket } = (await call<{ ticket: string }>(url, "POST", path, { code })).body;
  assert.equal((await call(url, "POST", "/api/v1/password", { ticket, password: PASSWORD })).status, 204);
  // An account that does not exist counts as a request like any other.
  assert.equal((await startRecovery(url, "9876543210", "ai-do@example.vn")).status, 202);

  const { number, contact } = await verified(62);
  assert.equal((await officer.act(number, "approve", { contact })).status, 200);
  const link = /\/lien-ket#(\S+)/.exec(await mail(member(62).email))?.[1];
  const granted = await call<{ ticket: string }>(url, "POST", "/api/v1/recoveries/link", { token: link });
  const set = { ticket: granted.body.ticket, password: PASSWORD };
  assert.equal((await call(url, "POST", "/api/v1/password", set)).status, 204);
  await verified(63);

  const now = await report();
  const grown = (name: string) => {
    const [was, is] = [channel(before_, name), channel(now, name)];
    return [(is?.asked ?? 0) - (was?.asked ?? 0), (is?.recovered ?? 0) - (was?.recovered ?? 0)];
  };
  assert.deepEqual([grown("email"), grown("sms"), grown("desk")], [[2, 1], [0, 0], [2, 1]]);
  assert.ok((channel(now, "email")?.p50 ?? 0) >= 15, "a step's upper end");
  const office = now.offices.find((row) => row.office === OFFICE);
  assert.deepEqual([office?.opened, office?.approved, office?.recovered, office?.open], [2, 1, 1, 1]);
  assert.ok(office?.oldest !== undefined && office.oldest < 600);
  assert.equal(now.by_day.length, 21);
  assert.equal(now.by_day.at(-1)?.day, now.to);
  const today = now.by_day.filter(({ day }) => day === now.to).map(({ asked }) => asked);
  assert.deepEqual(today, now.channels.map(({ asked }) => asked));
  assert.equal((await report(90)).by_day.length, 270);
});

test("a message that was given up is sent again by a supervisor: once, under the same id, with the same link", async () => {
  const { number, contact } = await verified(64);
  await atRest();
  provider.failNext(422);
  assert.equal((await officer.act(number, "approve", { contact })).status, 200);
  const letter = await until("a message that was given up", async () => {
    await server.sweep();
    return (await report()).dead_letters.find(({ template }) => template === "desk-link");
  });
  assert.deepEqual([letter.channel, letter.state, letter.life], ["desk", "dead", "live"]);
  const resend = (who: Officer): Promise<Answer> => who.call("POST", `/dead-letters/${letter.message}`);
  const refused = await resend(officer);
  assert.deepEqual([refused.status, slug(refused)], [403, "not-allowed"]);
  const answers = await Promise.all(Array.from({ length: 8 }, () => resend(supervisor)));
  assert.deepEqual(answers.filter(({ status }) => status === 204).length, 1);
  for (const answer of answers.filter(({ status }) => status !== 204)) {
    assert.deepEqual([answer.status, slug(answer)], [409, "message-sent-again"]);
  }
  assert.match(await mail(member(64).email), /\/lien-ket#/);
  const sent = provider.sent.filter(({ to }) => to.includes(member(64).email));
  assert.deepEqual(sent.map(({ key }) => key), [letter.message]);
  assert.equal((await report()).dead_letters.some(({ message }) => message === letter.message), false);
  const acts = query(server, "SELECT staff, channel FROM audit WHERE act = 'message-sent-again'");
  assert.deepEqual(acts, [{ staff: "gs1", channel: "desk" }]);
});

test("a message whose time is over is not sent again, and it is said", async () => {
  const { number, contact } = await verified(65);
  await atRest();
  provider.failNext(422);
  assert.equal((await officer.act(number, "approve", { contact })).status, 200);
  const { message } = await until("a message that was given up", async () => {
    await server.sweep();
    return (await report()).dead_letters[0];
  });
  change(server, "UPDATE recovery SET link_expires_at = 1 WHERE id = (SELECT recovery FROM outbox WHERE id = ?)", message);
  assert.equal((await report()).dead_letters[0]?.life, "over");
  const answer = await supervisor.call("POST", `/dead-letters/${message}`);
  assert.deepEqual([answer.status, slug(answer)], [410, "message-over"]);
  const nothing = await supervisor.call("POST", `/dead-letters/${"0".repeat(26)}`);
  assert.deepEqual([nothing.status, slug(nothing)], [404, "not-found"]);
  assert.equal(provider.sent.filter(({ to }) => to.includes(member(65).email)).length, 0);
});

test("refusals by a limit are counted by kind, the same for accounts that exist and for others", async () => {
  const count = async (name: string, expected: number) =>
    until(`${name}: ${expected}`, async () => (limit(await report(), name) === expected ? true : undefined), 60_000);
  const requests = limit(await report(), "requests");
  const statuses: number[][] = [];
  for (const [identifier, email] of [["9000000066", "tv66@example.vn"], ["9876543211", "ai@example.vn"]] as const) {
    const own: number[] = [];
    for (let n = 0; n < 5; n += 1) own.push((await startRecovery(url, identifier, email)).status);
    statuses.push(own);
  }
  assert.deepEqual(statuses[0], [202, 202, 202, 429, 429]);
  assert.deepEqual(statuses[0], statuses[1]);
  await count("requests", requests + 4);
  for (const status of [202, 202, 429]) assert.equal((await openCase(url, 67)).status, status);
  await count("cases", 1);
});

test("what came back is told by reason and by a name, never by its address", async () => {
  const sent = query(server, "SELECT min(id) AS id FROM outbox WHERE state = 'sent' GROUP BY contact LIMIT 2");
  const at = Math.floor(Date.now() / 1000);
  for (const [n, id] of [sent[0]?.["id"], sent[0]?.["id"], sent[1]?.["id"]].entries()) {
    change(server, "INSERT INTO mail_event (id, at, kind, outbox) VALUES (?, ?, 'bounced', ?)", `e${n}`, at, String(id));
  }
  const figures = await report();
  assert.deepEqual(figures.returned, [{ kind: "bounced", count: 3 }]);
  const names = figures.returns.map(({ name }) => name);
  for (const name of names) assert.match(name ?? "", /^[0-9a-f]{12}$/);
  assert.equal(new Set(names).size, 2, "the same address has the same name");
  assert.doesNotMatch(JSON.stringify(figures), /@|tv6|9000000/);
});

test("every page and call of the figures: supervisors see them, officers and strangers do not", async () => {
  const who = {
    officer: { "cf-access-jwt-assertion": await issuer.token(officer.email) },
    supervisor: { "cf-access-jwt-assertion": await issuer.token(supervisor.email) },
    elsewhere: { "cf-access-jwt-assertion": await issuer.token("can-bo-3@example.vn") },
    stranger: {},
  };
  let cells = 0;
  for (const [method, path] of [
    ["GET", "/api/v1/desk/report"],
    ["POST", `/api/v1/desk/dead-letters/${"0".repeat(26)}`],
    ["GET", "/ban-lam-viec/so-lieu"],
    ["GET", "/en/ban-lam-viec/so-lieu?days=7"],
    ["GET", "/ban-lam-viec/so-lieu.csv"],
    ["GET", "/en/ban-lam-viec/so-lieu.csv?days=90"],
    ["POST", "/ban-lam-viec/so-lieu/gui-lai"],
    ["POST", "/en/ban-lam-viec/so-lieu/gui-lai"],
  ] as const) {
    for (const [role, headers] of Object.entries(who)) {
      const answer = await call<string>(url, method, path, method === "POST" ? `message=${"0".repeat(26)}` : undefined, headers);
      const allowed = method === "POST" ? 404 : 200;
      const expected = { officer: 403, supervisor: allowed, elsewhere: 403, stranger: 401 }[role];
      assert.equal(answer.status, expected, `${role} ${method} ${path}`);
      assert.equal(answer.headers.get("cache-control"), "no-store");
      if (role !== "supervisor") assert.ok(!/<svg|<section|"channels"/.test(JSON.stringify(answer.body)), `${role} ${path}`);
      cells += 1;
    }
  }
  assert.equal(cells, 32);
  const bad = await supervisor.call("GET", "/report?days=8");
  assert.deepEqual([bad.status, slug(bad)], [422, "invalid-input"]);
});

test("the file is CSV that a spreadsheet reads, with the same numbers as the page", async () => {
  const headers = { "cf-access-jwt-assertion": await issuer.token(supervisor.email) };
  const answer = await fetch(`${url}/ban-lam-viec/so-lieu.csv?days=7`, { headers });
  assert.match(answer.headers.get("content-type") ?? "", /^text\/csv; charset=utf-8$/);
  assert.match(answer.headers.get("content-disposition") ?? "", /^attachment; filename="so-lieu-[\d-]+\.csv"$/);
  const bytes = Buffer.from(await answer.arrayBuffer());
  assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
  const lines = bytes.toString("utf8").slice(1).split("\r\n");
  assert.equal(lines.pop(), "");
  assert.equal(lines[0], "từ ngày,đến ngày,kênh,mã cơ quan,cơ quan,chỉ số,giá trị");
  const figures = await report();
  assert.match(lines.join("\n"), new RegExp(`^[^,]+,[^,]+,desk,${OFFICE},Bảo hiểm xã hội [^,]+ Hà Nội,asked,\\d+$`, "m"), "an office by id and by name");
  const value = (name: string, what: string) =>
    lines.find((line) => line.startsWith(`${figures.from},${figures.to},${name},,,${what},`))?.split(",").at(-1);
  for (const { channel: name, asked, recovered } of figures.channels) {
    assert.deepEqual([value(name, "asked"), value(name, "recovered")], [String(asked), String(recovered)]);
  }
  for (const line of lines) {
    assert.equal(line.split(",").length, 7, line);
    for (const cell of line.split(",")) assert.doesNotMatch(cell, /^[=+\-@]/, line);
  }
});

test("the public page has whole weeks, no small number, and is kept for minutes", async () => {
  const day = Number(query(server, "SELECT max(day) AS day FROM figure_day")[0]?.["day"]);
  const week = Math.floor((day + 3) / 7) * 7 - 3 - 7; // Monday of the last week that is over
  const put = (on: number, name: string, office: string, act: string, n: number) =>
    change(server, "INSERT INTO figure_day (day, channel, office, act, count) VALUES (?, ?, ?, ?, ?)", on, name, office, act, n);
  put(week, "email", "", "recovery-requested", 137);
  put(week + 6, "email", "", "password-set", 71);
  put(week, "sms", "", "recovery-requested", 7);
  put(week + 1, "desk", OFFICE, "case-opened", 1_234);
  put(week + 2, "desk", "bhxh-tp-ho-chi-minh", "case-opened", 3);
  put(week + 2, "desk", "bhxh-tp-hue", "case-opened", 5);
  for (const [path, hidden] of [["/ho-so/so-lieu", "ẩn"], ["/en/ho-so/so-lieu", "hidden"]] as const) {
    const answer = await call<string>(url, "GET", path);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("cache-control"), "public, max-age=300");
    assert.match(answer.headers.get("content-security-policy") ?? "", /default-src 'none'/);
    const text = answer.body.replaceAll(/<[^>]*>/g, "|");
    assert.match(text, /\|1380\|/, "the sum of the week, in tens");
    assert.match(text, new RegExp(`\\|+${hidden}\\|+`));
    for (const small of ["7", "3", "5", "137", "130", "1234", "71", "8"]) {
      assert.doesNotMatch(text, new RegExp(`\\|\\s*${small}\\s*\\|`), `${small} is shown`);
    }
    assert.doesNotMatch(answer.body, /style=|<script(?! src="\/ho-so)/);
  }
});
