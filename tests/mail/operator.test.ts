// What an operator and a provider do to messages afterwards: dead letters, bounces.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { member, startRecovery } from "../support/api.ts";
import { query } from "../support/database.ts";
import { assertProblem, send, type RawAnswer } from "../support/http.ts";
import { Provider } from "../support/provider.ts";
import { root, Server, until, xtask } from "../support/server.ts";

let provider: Provider;
let server: Server;

before(async () => {
  provider = await Provider.start();
  server = await Server.start({ vars: { ...provider.vars, CAPTCHA_COST: 1, LIMIT_IP_MINUTE: 0 } });
});
after(async () => {
  // First: it holds this process even where the server never started.
  await provider.stop();
  await server.stop();
});

async function command(...words: string[]): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(xtask(), ["outbox", ...words, "--state", server.state], { cwd: root });
}

test("a message that was given up is listed without anybody's data, and sent again by its id", async () => {
  const empty = await command("list");
  assert.equal(empty.stdout, "");
  assert.match(empty.stderr, /no message was given up/);

  const { identifier, email } = member(1);
  provider.failNext(422);
  const started = await startRecovery(server.url, identifier, email);
  const id = await until("a dead letter", async () => {
    await server.sweep();
    const [row] = query(server, "SELECT id FROM dead_letter");
    return row === undefined ? undefined : String(row["id"]);
  });
  const { stdout } = await command("list");
  const [head, line, ...more] = stdout.trimEnd().split("\n");
  assert.match(head ?? "", /^id +template +state +attempts/);
  assert.match(line ?? "", new RegExp(`^${id} +recovery-code +dead +1 +\\d{4}-`));
  assert.deepEqual(more, []);
  assert.ok(!stdout.includes(email) && !stdout.includes(identifier) && !stdout.includes(started.body.recovery));

  await assert.rejects(command("resend", "0".repeat(26)), /no message 0+ was given up/);
  await assert.rejects(command("resend"), /resend ID/);
  await command("resend", id);
  const message = await until("the message", async () => {
    await server.sweep();
    return provider.sent[0];
  });
  assert.deepEqual(message.to, [email]);
  assert.equal(message.key, id);
  assert.equal((await command("list")).stdout, "");
});

const EVENT = "/api/v1/mail/events";

/** The secret that `dev` made for this state. */
function secret(): Buffer {
  const secrets = JSON.parse(readFileSync(join(server.state, "secrets.json"), "utf8")) as Record<string, string>;
  return Buffer.from((secrets["MAIL_WEBHOOK_SECRETS"] ?? "").replace("whsec_", ""), "base64");
}

interface Signed {
  id?: string;
  at?: number;
  key?: Buffer;
  prefix?: string;
}

function headers(body: string, { id = "msg_1", at = Math.floor(Date.now() / 1000), key = secret(), prefix = "webhook" }: Signed = {}) {
  const signature = createHmac("sha256", key).update(`${id}.${at}.${body}`).digest("base64");
  return {
    "content-type": "application/json",
    [`${prefix}-id`]: id,
    [`${prefix}-timestamp`]: String(at),
    [`${prefix}-signature`]: `v1,${signature}`,
  };
}

async function event(body: string, sent: Record<string, string>): Promise<RawAnswer> {
  return send(server.url, { method: "POST", path: EVENT, headers: sent, body });
}

function bounce(outbox: string): string {
  return JSON.stringify({
    type: "email.bounced",
    created_at: "2026-01-01T00:00:00Z",
    data: {
      email_id: "synthetic-1",
      to: ["tv1@example.vn"],
      tags: [{ name: "outbox", value: outbox }],
      bounce: { type: "Permanent", message: "tv1@example.vn does not exist" },
    },
  });
}

test("a bounce with the right signature is noted once, without the address", async () => {
  const [row] = query(server, "SELECT id FROM outbox LIMIT 1");
  const outbox = String(row?.["id"]);
  const body = bounce(outbox);
  for (const prefix of ["webhook", "svix", "webhook"]) {
    assert.equal((await event(body, headers(body, { prefix }))).status, 204);
  }
  const noted = query(server, "SELECT * FROM mail_event");
  assert.equal(noted.length, 1, "a repetition has the same id");
  assert.equal(noted[0]?.["kind"], "bounced");
  assert.equal(noted[0]?.["outbox"], outbox);
  assert.ok(!JSON.stringify(noted).includes("example.vn"));
});

test("one of several signatures is enough, as while a secret is being rotated", async () => {
  const body = bounce("");
  const sent = headers(body, { id: "msg_rotated" });
  sent["webhook-signature"] = `v1,${Buffer.alloc(32).toString("base64")} v2,x ${sent["webhook-signature"]}`;
  assert.equal((await event(body, sent)).status, 204);
});

test("an event that does not matter is taken and forgotten", async () => {
  const before = query(server, "SELECT count(*) AS n FROM mail_event");
  for (const type of ["email.delivered", "email.opened", "contact.created"]) {
    const body = JSON.stringify({ type, data: { anything: 1 } });
    assert.equal((await event(body, headers(body, { id: `msg_${type}`.replace(".", "_") }))).status, 204);
  }
  assert.deepEqual(query(server, "SELECT count(*) AS n FROM mail_event"), before);
});

test("a forged, changed, stale or unsigned event is refused and leaves nothing", async () => {
  const before = query(server, "SELECT count(*) AS n FROM mail_event");
  const body = bounce("x");
  const now = Math.floor(Date.now() / 1000);
  const good = () => headers(body, { id: "msg_2" });
  const without = (name: string) => Object.fromEntries(Object.entries(good()).filter(([key]) => key !== name));
  for (const [what, sent, text] of [
    ["no headers", { "content-type": "application/json" }, body],
    ["another key", headers(body, { id: "msg_2", key: Buffer.alloc(32, 1) }), body],
    ["an empty key", headers(body, { id: "msg_2", key: Buffer.alloc(0) }), body],
    ["another body", good(), body.replace("Permanent", "Transient")],
    ["another id", { ...good(), "webhook-id": "msg_3" }, body],
    ["a moved full stop", { ...good(), "webhook-id": `msg_2.${now}` }, body],
    ["six minutes ago", headers(body, { id: "msg_2", at: now - 360 }), body],
    ["in six minutes", headers(body, { id: "msg_2", at: now + 360 }), body],
    ["no id", without("webhook-id"), body],
    ["no time", without("webhook-timestamp"), body],
    ["no signature", without("webhook-signature"), body],
    ["time with a sign", { ...good(), "webhook-timestamp": `+${now}` }, body],
    ["another version", { ...good(), "webhook-signature": good()["webhook-signature"]?.replace("v1,", "v0,") ?? "" }, body],
    ["junk", { ...good(), "webhook-signature": "v1,%%%" }, body],
    ["nothing", good(), ""],
  ] as [string, Record<string, string>, string][]) {
    assertProblem(await event(text, sent), 401, "signature-rejected", what);
  }
  assert.deepEqual(query(server, "SELECT count(*) AS n FROM mail_event"), before);
});

test("a signed body that is no event is refused", async () => {
  for (const [index, body] of ["", "[]", "null", "{", '{"type":1}', '{"type":"email.bounced","data":[]}'].entries()) {
    assertProblem(await event(body, headers(body, { id: `msg_bad_${index}` })), 400, "malformed-json", body);
  }
  const large = JSON.stringify({ type: "email.bounced", data: { x: "x".repeat(1024 * 1024) } });
  assertProblem(await event(large, headers(large, { id: "msg_large" })), 413, "too-large", "1 MB");
});

test("the provider is no browser: another site's origin is nothing to it", async () => {
  const body = bounce("");
  const sent = { ...headers(body, { id: "msg_origin" }), origin: "https://provider.example" };
  assert.equal((await event(body, sent)).status, 204);
});
