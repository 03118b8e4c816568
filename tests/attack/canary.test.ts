// Values that must leave no trace, sent through every call, then looked for in all that the
// Worker logged and in every byte of the database.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { call, member, SEEDED_PASSWORD, startRecovery } from "../support/api.ts";
import { captcha } from "../support/captcha.ts";
import { databaseFile, query } from "../support/database.ts";
import { post, send } from "../support/http.ts";
import { workerLog } from "../support/log.ts";
import { secretsIn } from "../support/mail.ts";
import { Provider } from "../support/provider.ts";
import { Server, until } from "../support/server.ts";

let provider: Provider;
let server: Server;
let url: string;

before(async () => {
  provider = await Provider.start();
  server = await Server.start({ vars: { ...provider.vars, CAPTCHA_COST: 1, LIMIT_IP_MINUTE: 0 } });
  url = server.url;
});
after(async () => {
  // First: it holds this process even where the server never started.
  await provider.stop();
  await server.stop();
});

/** What strangers typed or sent. */
const STRANGER = {
  email: "chim-hoang-anh@canary.example.vn",
  identifier: "9876501234",
  card: "9876501235",
  national: "098765012366",
  password: "hoang anh hot tren canh bang",
  junk: "kim-tuoc-trong-long",
  network: "198.51.100.77",
  household: "2001:db8:ca4a:1",
  forwarded: "203.0.113.199",
};
const OWN_PASSWORD = "hoang anh bay ve to am xua";

/** Everything secret that came up on the way, by what it is. */
const secrets: Record<string, string> = { ...STRANGER, "the new password": OWN_PASSWORD };

async function recover(k: number): Promise<void> {
  const { identifier, email } = member(k);
  const { body } = await startRecovery(url, identifier, email);
  const mail = await until(`mail to ${email}`, async () => {
    await server.sweep();
    return provider.sent.find(({ to, text }) => to.includes(email) && text.includes(`#${body.recovery}.`));
  });
  const { code, link, disown } = secretsIn(mail.text);
  secrets[`code ${k}`] = code;
  secrets[`code ${k} without its dash`] = code.replace("-", "");
  secrets[`link ${k}`] = new URL(link).hash.split(".")[1] ?? "";
  secrets[`disowning link ${k}`] = new URL(disown).hash.split(".")[1] ?? "";
  const byCode = await call<{ ticket: string }>(url, "POST", `/api/v1/recoveries/${body.recovery}/code`, { code });
  secrets[`first ticket ${k}`] = byCode.body.ticket;
  const token = new URL(link).hash.slice(1);
  const byLink = await call<{ ticket: string }>(url, "POST", "/api/v1/recoveries/link", { token });
  secrets[`second ticket ${k}`] = byLink.body.ticket;
  await call(url, "POST", "/api/v1/password", { ticket: byLink.body.ticket, password: "ngan" });
  const set = await call(url, "POST", "/api/v1/password", { ticket: byLink.body.ticket, password: OWN_PASSWORD });
  assert.equal(set.status, 204);
  const signedIn = await call(url, "POST", "/api/v1/session", { identifier, password: OWN_PASSWORD });
  const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
  secrets[`session ${k}`] = cookie.split("=")[1] ?? "";
  assert.equal((await call(url, "GET", "/api/v1/session", undefined, { cookie })).status, 200);
  await call(url, "POST", "/api/v1/recoveries/disown", { token: new URL(disown).hash.slice(1) });
}

async function pester(): Promise<void> {
  const { email, identifier, card, national, password, junk, network, household, forwarded } = STRANGER;
  const headers = {
    "cf-connecting-ip": network,
    "x-forwarded-for": forwarded,
    "user-agent": junk,
    "accept-language": junk,
    referer: `https://${junk}.example.vn/${identifier}`,
    cookie: `a=${junk}; __Host-session=${junk}`,
  };
  for (const typed of [identifier, `DN401${card}`, national]) {
    const body = { identifier: typed, email, locale: "vi", captcha: await captcha(url, "email") };
    const started = await post(url, "/api/v1/recoveries", body, headers);
    assert.equal(started.status, 202);
    const { recovery } = JSON.parse(started.text) as { recovery: string };
    await post(url, `/api/v1/recoveries/${recovery}/resend`, { captcha: await captcha(url, "email") }, headers);
    await post(url, `/api/v1/recoveries/${recovery}/code`, { code: "2222-2222" }, headers);
    await post(url, "/api/v1/session", { identifier: typed, password }, headers);
    await post(url, "/api/v1/session", { identifier: typed, password }, { ...headers, "cf-connecting-ip": `${household}::7` });
  }
  // A member's number with a stranger's address, and the other way round.
  for (const [typed, to] of [[member(3).identifier, email], [identifier, member(3).email]]) {
    const body = { identifier: typed, email: to, locale: "en", captcha: await captcha(url, "email") };
    assert.equal((await post(url, "/api/v1/recoveries", body, headers)).status, 202);
  }
  // Everything that is refused.
  for (const [path, body] of [
    ["/api/v1/recoveries", { identifier: junk, email: junk, locale: junk, captcha: junk }],
    ["/api/v1/recoveries", { [junk]: junk }],
    ["/api/v1/recoveries", `{"${junk}`],
    ["/api/v1/recoveries", { identifier, email, locale: "vi", captcha: Buffer.from(junk).toString("base64") }],
    [`/api/v1/recoveries/${junk}/code`, { code: "2222-2222" }],
    [`/api/v1/recoveries/${"0".repeat(26)}/code`, { code: junk }],
    ["/api/v1/recoveries/link", { token: junk }],
    ["/api/v1/recoveries/disown", { token: junk }],
    ["/api/v1/password", { ticket: junk, password }],
    ["/api/v1/session", { identifier: junk, password }],
    ["/api/v1/mail/events", { type: "email.bounced", data: { to: [email] } }],
  ] as [string, unknown][]) {
    await post(url, path, body, headers);
  }
  for (const path of [`/api/v1/${junk}`, `/api/v1/captcha?form=${junk}`, `/api/v1/captcha?${junk}=1`, `/api/v1/session?email=${email}`]) {
    await send(url, { method: "GET", path, headers });
  }
}

/** Every way in which a value might have been written down. */
function forms(value: string): string[] {
  const bytes = Buffer.from(value, "utf8");
  const sha256 = createHash("sha256").update(bytes).digest();
  return [
    value,
    value.toLowerCase(),
    value.toUpperCase(),
    encodeURIComponent(value),
    bytes.toString("hex"),
    bytes.toString("base64").replace(/=+$/, ""),
    // An unkeyed digest of a number or address is as good as the thing itself.
    sha256.toString("hex"),
    sha256.toString("base64"),
  ];
}

test("through whole journeys and every refusal nothing secret is logged or kept", async (t) => {
  await recover(1);
  await pester();
  await recover(2);
  await until("the outbox at rest", async () => {
    await server.sweep();
    const [row] = query(server, "SELECT count(*) AS n FROM outbox WHERE state IN ('pending', 'leased', 'sending')");
    return row?.["n"] === 0 ? true : undefined;
  });

  const lines = workerLog(server);
  assert.ok(lines.length > 50, "there is a log to look through");
  const log = lines.join("\n");
  const file = databaseFile(server.state);
  const bytes = [file, `${file}-wal`].filter((name) => existsSync(name)).map((name) => readFileSync(name));
  const database = Buffer.concat(bytes).toString("latin1");
  assert.ok(database.includes("password-set") && database.includes("tv1@example.vn"), "it is the database");
  t.diagnostic(`${Object.keys(secrets).length} values, ${lines.length} log lines, ${database.length} bytes of database`);

  // 256-bit secrets are stored as their SHA-256; people's words must not be.
  const hashed = (what: string) => /ticket|session/.test(what);
  for (const [what, value] of Object.entries(secrets)) {
    assert.ok(value.length >= 8, `${what} is there`);
    for (const [index, form] of forms(value).entries()) {
      assert.ok(!log.includes(form), `${what} in the log: ${form}`);
      if (index >= 6 && hashed(what)) continue;
      assert.ok(!database.includes(Buffer.from(form, "utf8").toString("latin1")), `${what} in the database: ${form}`);
    }
  }
  // Members' own data: in the account store, and nowhere else.
  for (const k of [1, 2, 3]) {
    const { identifier, email, phone } = member(k);
    for (const value of [identifier, email, phone, SEEDED_PASSWORD]) {
      assert.ok(!log.includes(value), `${value} in the log`);
    }
    const tables = query(server, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'");
    for (const { name } of tables) {
      if (String(name).startsWith("member")) continue;
      const text = JSON.stringify(query(server, `SELECT * FROM "${String(name)}"`));
      for (const value of [identifier, email, phone]) assert.ok(!text.includes(value), `${value} in ${String(name)}`);
    }
  }
});

test("a log line names the route, not the path, and nothing that was sent", () => {
  const known = new Set(["event", "level", "method", "ms", "problem", "request", "route", "status"]);
  const requests = workerLog(server).map((line) => JSON.parse(line) as Record<string, unknown>);
  const seen = requests.filter(({ event }) => event === "request");
  assert.ok(seen.length > 50);
  for (const line of seen) {
    assert.deepEqual(Object.keys(line).filter((name) => !known.has(name)), [], JSON.stringify(line));
    assert.match(String(line["route"]), /^(\/api\/v1\/[a-z.{}/]+)?$/, JSON.stringify(line));
    assert.match(String(line["request"]), /^[\w-]{16}$/);
  }
});
