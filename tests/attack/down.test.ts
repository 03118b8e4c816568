// The database fails, or an operator shuts something: the service fails closed, says when to
// come back, and loses nothing.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { call, member, SEEDED_PASSWORD, slug, startRecovery } from "../support/api.ts";
import { captcha } from "../support/captcha.ts";
import { change, databaseFile, query } from "../support/database.ts";
import { assertProblem, send, type RawAnswer } from "../support/http.ts";
import { workerLog } from "../support/log.ts";
import { secretsIn } from "../support/mail.ts";
import { Provider, type Sent } from "../support/provider.ts";
import { Server, until, type ServerOptions } from "../support/server.ts";

const VARS = { CAPTCHA_COST: 1, LIMIT_IP_MINUTE: 0 };
const PASSWORD = "ngon gio mat tu bien khoi";

let provider: Provider;
let server: Server;

before(async () => {
  provider = await Provider.start();
  server = await Server.start({ vars: { ...VARS, ...provider.vars } });
});
after(async () => {
  // First: it holds this process even where the server never started.
  await provider.stop();
  await server.stop();
});

/** Every call that needs the database, with a body that gets that far. */
async function needy(at: Server, recovery: string, token: string, ticket: string): Promise<[string, string, unknown][]> {
  const { identifier, email } = member(900);
  return [
    ["GET", "/api/v1/health", undefined],
    ["POST", "/api/v1/recoveries", { identifier, email, locale: "vi", captcha: await captcha(at.url, "email") }],
    ["POST", `/api/v1/recoveries/${recovery}/resend`, { captcha: await captcha(at.url, "email") }],
    ["POST", `/api/v1/recoveries/${recovery}/code`, { code: "2222-2222" }],
    ["POST", "/api/v1/recoveries/link", { token }],
    ["POST", "/api/v1/recoveries/disown", { token: `${recovery}.${"A".repeat(43)}` }],
    ["POST", "/api/v1/password", { ticket, password: PASSWORD }],
    ["POST", "/api/v1/session", { identifier, password: SEEDED_PASSWORD }],
    ["GET", "/api/v1/session", undefined],
    ["DELETE", "/api/v1/session", undefined],
  ];
}

async function ask(at: Server, [method, path, body]: [string, string, unknown]): Promise<RawAnswer> {
  const headers = { cookie: `__Host-session=${"A".repeat(43)}`, "content-type": "application/json" };
  return send(at.url, { method, path, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
}

async function mailTo(at: Server, email: string, recovery: string): Promise<Sent> {
  return until(`mail to ${email}`, async () => {
    await at.sweep();
    return provider.sent.find(({ to, text }) => to.includes(email) && text.includes(`#${recovery}.`));
  });
}

async function begin(at: Server, k: number) {
  const { identifier, email } = member(k);
  const { body } = await startRecovery(at.url, identifier, email);
  const { code, link, disown } = secretsIn((await mailTo(at, email, body.recovery)).text);
  const token = new URL(link).hash.slice(1);
  return { identifier, email, recovery: body.recovery, code, token, disown: new URL(disown).hash.slice(1) };
}

async function ticketOf(at: Server, token: string): Promise<string> {
  const { body } = await call<{ ticket: string }>(at.url, "POST", "/api/v1/recoveries/link", { token });
  return body.ticket;
}

/** The tables of ours, out of reach and back. */
const TABLES = ["member", "recovery", "ticket", "session", "signin", "outbox", "captcha_nonce", "guard", "dispatch"];

test("with the database down every call says try again, and nothing is lost", async () => {
  const one = await begin(server, 1);
  const ticket = await ticketOf(server, one.token);
  const calls = await needy(server, one.recovery, one.token, ticket);
  for (const table of TABLES) change(server, `ALTER TABLE ${table} RENAME TO gone_${table}`);
  try {
    for (const one of calls) {
      const what = `${one[0]} ${one[1]}`;
      const answer = await ask(server, one);
      assertProblem(answer, 503, "try-again", what);
      assert.ok(!/sqlite|D1|table|gone/i.test(answer.text), `${what}: ${answer.text}`);
    }
    // What needs no database still works, the challenge of the next try included.
    for (const path of ["/api/v1/config", "/api/v1/openapi.json", "/api/v1/captcha?form=email", "/"]) {
      assert.equal((await send(server.url, { method: "GET", path })).status, 200, path);
    }
  } finally {
    for (const table of TABLES) change(server, `ALTER TABLE gone_${table} RENAME TO ${table}`);
  }
  // The same captcha, the same ticket: the failure spent neither.
  for (const index of [0, 1]) {
    const [method, path, body] = calls[index] as [string, string, unknown];
    const answer = await ask(server, [method, path, body]);
    assert.equal(answer.status, index === 0 ? 200 : 202, `${path}: ${answer.text}`);
  }
  assert.equal((await call(server.url, "POST", "/api/v1/password", { ticket, password: PASSWORD })).status, 204);
});

test("where only the last step fails, a try may be taken but nothing is half done", async () => {
  const two = await begin(server, 2);
  const ticket = await ticketOf(server, two.token);
  change(server, "ALTER TABLE audit RENAME TO gone_audit");
  try {
    const answer = await ask(server, ["POST", "/api/v1/password", { ticket, password: PASSWORD }]);
    assertProblem(answer, 503, "try-again", "password");
    const { identifier, email } = member(902);
    const rows = () => query(server, "SELECT (SELECT count(*) FROM recovery) AS r, (SELECT count(*) FROM outbox) AS o, (SELECT count(*) FROM dispatch) AS d");
    const before = rows();
    const request = { identifier, email, locale: "vi", captcha: await captcha(server.url, "email") };
    assertProblem(await ask(server, ["POST", "/api/v1/recoveries", request]), 503, "try-again", "recoveries");
    assert.deepEqual(rows(), before);
  } finally {
    change(server, "ALTER TABLE gone_audit RENAME TO audit");
  }
  const [row] = query(server, "SELECT state FROM ticket WHERE recovery = ? AND state <> 'voided'", two.recovery);
  assert.equal(row?.["state"], "live");
  assert.equal((await call(server.url, "POST", "/api/v1/password", { ticket, password: PASSWORD })).status, 204);
});

test("a database that cannot be written is a 503 for writers, and mends by itself", async () => {
  const three = await begin(server, 3);
  const calls = await needy(server, three.recovery, three.token, "A".repeat(43));
  const request = calls[1] as [string, string, unknown];
  const lock = new DatabaseSync(databaseFile(server.state));
  lock.exec("BEGIN IMMEDIATE");
  let answer: RawAnswer;
  try {
    answer = await ask(server, request);
  } finally {
    lock.exec("ROLLBACK");
    lock.close();
  }
  assertProblem(answer, 503, "try-again", "a locked database");
  const again = await until("the database back", async () => {
    const [method, path, body] = request;
    const fresh = { ...(body as object), captcha: await captcha(server.url, "email") };
    const answer = await ask(server, [method, path, fresh]);
    return answer.status === 503 ? undefined : answer;
  });
  assert.equal(again.status, 202);
});

test("a channel that an operator switched off says so, and what was sent before still works", async () => {
  const before = await Server.start({ vars: { ...VARS, ...provider.vars } });
  const four = await begin(before, 4);
  await restarted(before, { CHANNELS_OFF: "email" }, async (off) => {
    const config = await call<{ channels: string[] }>(off.url, "GET", "/api/v1/config");
    assert.ok(!config.body.channels.includes("email"));
    const { identifier, email } = member(5);
    const request = { identifier, email, locale: "vi", captcha: await captcha(off.url, "email") };
    assertProblem(await ask(off, ["POST", "/api/v1/recoveries", request]), 503, "try-again", "a new recovery");
    const resend = { captcha: request.captcha };
    assertProblem(await ask(off, ["POST", `/api/v1/recoveries/${four.recovery}/resend`, resend]), 503, "try-again", "resend");
    const ticket = await ticketOf(off, four.token);
    assert.equal((await call(off.url, "POST", "/api/v1/password", { ticket, password: PASSWORD })).status, 204);
    assert.equal((await call(off.url, "POST", "/api/v1/session", { identifier, password: SEEDED_PASSWORD })).status, 200);
  });
});

test("raising the epoch voids every live secret and no account", async () => {
  const before = await Server.start({ vars: { ...VARS, ...provider.vars } });
  const six = await begin(before, 6);
  const seven = await begin(before, 7);
  const ticket = await ticketOf(before, seven.token);
  const signedIn = await call(before.url, "POST", "/api/v1/session", { identifier: member(8).identifier, password: SEEDED_PASSWORD });
  const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
  await restarted(before, { SECRET_EPOCH: 1 }, async (raised) => {
    for (const [path, body, gone] of [
      [`/api/v1/recoveries/${six.recovery}/code`, { code: six.code }, "recovery-closed"],
      [`/api/v1/recoveries/${six.recovery}/resend`, { captcha: await captcha(raised.url, "email") }, "recovery-closed"],
      ["/api/v1/recoveries/link", { token: six.token }, "link-spent"],
      ["/api/v1/recoveries/link", { token: seven.token }, "link-spent"],
      ["/api/v1/password", { ticket, password: PASSWORD }, "ticket-spent"],
    ] as const) {
      const answer = await call(raised.url, "POST", path, body);
      assert.equal(answer.status, 410, path);
      assert.equal(slug(answer), gone);
    }
    // The owner's "this was not me" is answered alike, and stops nothing that is void already.
    assert.equal((await call(raised.url, "POST", "/api/v1/recoveries/disown", { token: six.disown })).status, 204);
    assert.equal((await call(raised.url, "GET", "/api/v1/session", undefined, { cookie })).status, 401);
    const fresh = await begin(raised, 9);
    assert.equal((await call(raised.url, "POST", `/api/v1/recoveries/${fresh.recovery}/code`, { code: fresh.code })).status, 200);
    assert.equal((await call(raised.url, "POST", "/api/v1/session", { identifier: member(8).identifier, password: SEEDED_PASSWORD })).status, 200);
  });
});

test("a key can be rotated without voiding anything, and taken away to void all that it made", async () => {
  const before = await Server.start({ vars: { ...VARS, ...provider.vars } });
  const secrets = JSON.parse(readFileSync(join(before.state, "secrets.json"), "utf8")) as Record<string, string>;
  const old = secrets["SECRET_KEYS"] ?? "";
  const fresh = `k2:${randomBytes(32).toString("base64")}`;
  const ten = await begin(before, 10);
  const eleven = await begin(before, 11);
  const solved = await captcha(before.url, "email");
  await before.crash();
  try {
    const start = (keys: string) =>
      Server.start({ vars: { ...VARS, ...provider.vars, SECRET_KEYS: keys }, state: before.state });
    const rotated = await start(`${fresh},${old}`);
    const path = `/api/v1/recoveries/${ten.recovery}/code`;
    assert.equal((await call(rotated.url, "POST", path, { code: ten.code })).status, 200);
    assert.equal((await call(rotated.url, "POST", "/api/v1/recoveries/link", { token: eleven.token })).status, 200);
    const { identifier, email } = member(12);
    const body = { identifier, email, locale: "vi", captcha: solved };
    const accepted = await call(rotated.url, "POST", "/api/v1/recoveries", body);
    assert.equal(accepted.status, 202, "a challenge of the older key");
    const again = await call(rotated.url, "POST", `/api/v1/recoveries/${eleven.recovery}/resend`, {
      captcha: await captcha(rotated.url, "email"),
    });
    assert.equal(again.status, 202);
    const second = await until("the same message again", async () => {
      await rotated.sweep();
      return provider.sent.filter(({ text }) => text.includes(`#${eleven.recovery}.`))[1];
    });
    assert.equal(secretsIn(second.text).code, eleven.code, "made with the key it was made with");
    const kids = query(rotated, "SELECT DISTINCT kid FROM recovery ORDER BY kid").map((row) => row["kid"]);
    assert.deepEqual(kids, [old.split(":")[0], "k2"].toSorted());
    await rotated.stop();

    await using without = await start(fresh);
    assert.equal((await call(without.url, "POST", path, { code: ten.code })).status, 422);
    assert.equal((await call(without.url, "POST", "/api/v1/recoveries/link", { token: eleven.token })).status, 410);
  } finally {
    await before.stop();
  }
});

test("without keys every call but health is refused", async () => {
  await using shut = await Server.start({ vars: { ...VARS, SECRET_KEYS: "not a key" } });
  for (const [method, path] of [["GET", "/api/v1/captcha?form=email"], ["POST", "/api/v1/recoveries"], ["POST", "/api/v1/session"]] as const) {
    assertProblem(await send(shut.url, { method, path }), 503, "try-again", path);
  }
  assert.equal((await send(shut.url, { method: "GET", path: "/api/v1/health" })).status, 200);
  const log = await until("the reason", () => {
    const log = workerLog(shut).join("\n");
    return log.includes("SECRET_KEYS holds no key") ? log : undefined;
  });
  assert.ok(!log.includes("not a key"));
});

/** Ends a server; what comes after it works on the same state under other variables. */
async function restarted(first: Server, vars: ServerOptions["vars"], work: (second: Server) => Promise<void>): Promise<void> {
  await first.crash();
  try {
    await using second = await Server.start({ vars: { ...VARS, ...provider.vars, ...vars }, state: first.state });
    await work(second);
  } finally {
    await first.stop();
  }
}
