// A provider's bad days: whatever goes wrong between us and it, the message arrives, once.
import { after, before, beforeEach, test } from "node:test";
import assert from "node:assert/strict";
import { call, member, startRecovery } from "../support/api.ts";
import { change, query } from "../support/database.ts";
import { secretsIn } from "../support/mail.ts";
import { type Fault } from "../support/faulty.ts";
import { later, rowOf, settle } from "../support/outbox.ts";
import { Provider, type Sent } from "../support/provider.ts";
import { Server, until, type ServerOptions } from "../support/server.ts";

const VARS = { CAPTCHA_COST: 1, LIMIT_IP_MINUTE: 0, PROVIDER_TIMEOUT: 1 };

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
beforeEach(() => provider.failAlways(undefined));

let next = 1;
function someone(): ReturnType<typeof member> {
  return member(next++);
}

function sentTo(email: string): Sent[] {
  return provider.sent.filter(({ to }) => to.includes(email));
}

for (const [name, faults] of [
  ["is down", ["down", "down"]],
  ["is too slow", ["slow"]],
  ["asks for patience", [429, 429]],
  ["fails", [500, 500]],
  ["takes the message but its answer is lost", ["lost", "lost"]],
  ["does all of it", ["down", 500, "lost", 429, "slow"]],
] as [string, Fault[]][]) {
  test(`a message arrives exactly once where the provider ${name}`, async () => {
    const { identifier, email } = someone();
    provider.failNext(...faults);
    const before = provider.attempts.length;
    const started = await startRecovery(server.url, identifier, email);
    assert.equal(started.status, 202, "the caller notices nothing");
    const row = await settle(server, started.body.recovery);
    assert.equal(row["state"], "sent");
    assert.equal(Number(row["attempts"]), faults.length + 1);
    const [message, ...more] = sentTo(email);
    assert.deepEqual(more, []);
    assert.equal(message?.key, row["id"]);
    // Every attempt had the same bytes under the same key: that is what makes it one message.
    const attempts = provider.attempts.slice(before);
    assert.ok(attempts.length > 0);
    assert.deepEqual(new Set(attempts.map(({ key }) => key)), new Set([row["id"]]));
    assert.equal(new Set(attempts.map(({ body }) => body)).size, 1);
    // And it is of use.
    const { code } = secretsIn(message?.text ?? "");
    const redeemed = await call(server.url, "POST", `/api/v1/recoveries/${started.body.recovery}/code`, { code });
    assert.equal(redeemed.status, 200);
  });
}

test("where the provider says when to come back, nobody comes before", async () => {
  const { identifier, email } = someone();
  provider.failNext(429);
  const started = await startRecovery(server.url, identifier, email);
  const row = await until("one attempt", async () => {
    await server.sweep();
    const row = rowOf(server, started.body.recovery);
    return Number(row["attempts"]) === 1 && row["state"] === "pending" ? row : undefined;
  });
  // Retry-After was one second; the first step of the back-off is two.
  const wait = Number(row["due_at"]) - Number(row["created_at"]);
  assert.ok(wait >= 2 && wait <= 10, String(wait));
  await settle(server, started.body.recovery);
  assert.equal(sentTo(email).length, 1);
});

test("what the provider will never take is given up, and nobody outside can tell", async () => {
  const { identifier, email } = someone();
  provider.failNext(422);
  const started = await startRecovery(server.url, identifier, email);
  const row = await settle(server, started.body.recovery);
  assert.equal(row["state"], "dead");
  assert.equal(sentTo(email).length, 0);
  const wrong = await call(server.url, "POST", `/api/v1/recoveries/${started.body.recovery}/code`, { code: "2222-2222" });
  assert.equal(wrong.status, 422);
});

test("a provider that is down for good leaves a dead letter after its last attempt", async () => {
  const { identifier, email } = someone();
  provider.failAlways(500);
  const started = await startRecovery(server.url, identifier, email);
  change(server, "UPDATE outbox SET attempts = 15 WHERE recovery = ?", started.body.recovery);
  const row = await settle(server, started.body.recovery);
  assert.equal(row["state"], "dead");
});

/** Kills a Worker; what comes after it works on the same state. */
async function restarted(first: Server, vars: ServerOptions["vars"], work: (second: Server) => Promise<void>): Promise<void> {
  await first.crash();
  try {
    await using second = await Server.start({ vars: { ...VARS, ...provider.vars, ...vars }, state: first.state });
    await work(second);
  } finally {
    await first.stop();
  }
}

test("a Worker killed between writing and sending loses nothing", async () => {
  const first = await Server.start({ vars: { ...VARS, ...provider.vars } });
  const { identifier, email } = someone();
  const started = await startRecovery(first.url, identifier, email);
  await restarted(first, {}, async (second) => {
    const row = await settle(second, started.body.recovery);
    assert.equal(row["state"], "sent");
    assert.equal(sentTo(email).length, 1);
    const { code } = secretsIn(sentTo(email)[0]?.text ?? "");
    const path = `/api/v1/recoveries/${started.body.recovery}/code`;
    assert.equal((await call(second.url, "POST", path, { code })).status, 200);
  });
});

test("a Worker killed while the provider was thinking sends again, and the message arrives once", async () => {
  // Long enough that the kill comes first.
  const first = await Server.start({ vars: { ...VARS, ...provider.vars, PROVIDER_TIMEOUT: 10 } });
  const { identifier, email } = someone();
  provider.failNext("slow");
  const started = await startRecovery(first.url, identifier, email);
  await until("the message at the provider", () => (sentTo(email).length > 0 ? true : undefined));
  await restarted(first, {}, async (second) => {
    assert.equal(rowOf(second, started.body.recovery)["state"], "sending");
    change(second, "UPDATE outbox SET lease_until = unixepoch() + 60");
    await second.sweep();
    assert.equal(rowOf(second, started.body.recovery)["state"], "sending", "nobody else may have it yet");
    later(second);
    const row = await settle(second, started.body.recovery);
    assert.equal(row["state"], "sent");
    assert.equal(sentTo(email).length, 1);
    const keys = provider.attempts.filter(({ body }) => body.includes(email)).map(({ key }) => key);
    assert.deepEqual(keys, [row["id"], row["id"]]);
  });
});

test("a message whose words changed between two attempts counts as sent, not as refused", async () => {
  const first = await Server.start({ vars: { ...VARS, ...provider.vars, EMAIL_FROM: "Mot <mot@example.vn>" } });
  const { identifier, email } = someone();
  provider.failAlways("lost");
  const started = await startRecovery(first.url, identifier, email);
  await until("the message at the provider", async () => {
    await first.sweep();
    return sentTo(email).length > 0 ? true : undefined;
  });
  await restarted(first, { EMAIL_FROM: "Hai <hai@example.vn>" }, async (second) => {
    provider.failAlways(undefined);
    later(second);
    const row = await settle(second, started.body.recovery);
    assert.equal(row["state"], "sent");
    assert.equal(sentTo(email).length, 1);
  });
});

test("a message that would come too late says so instead, without any secret", async () => {
  // Too late to be of use from a quarter of the life before its end.
  await using short = await Server.start({ vars: { ...VARS, ...provider.vars, TTL_CODE: 4 } });
  const { identifier, email } = someone();
  provider.failAlways(500);
  const started = await startRecovery(short.url, identifier, email, "en");
  await until("a first attempt", async () => {
    await short.sweep();
    return Number(rowOf(short, started.body.recovery)["attempts"]) > 0 ? true : undefined;
  });
  change(short, "UPDATE outbox SET not_after = 1 WHERE recovery = ?", started.body.recovery);
  provider.failAlways(undefined);
  const message = await until("the message", async () => {
    later(short);
    await short.sweep();
    return sentTo(email)[0];
  });
  assert.equal(rowOf(short, started.body.recovery)["state"], "too-late");
  const all = `${message.subject}\n${message.text}\n${message.html}`;
  assert.doesNotMatch(all, /\b[0-9A-Z]{4}-[0-9A-Z]{4}\b/, "no code");
  assert.doesNotMatch(all, /lien-ket|khong-phai-toi/, "no link with a secret");
  assert.ok(!all.includes(started.body.recovery));
  assert.match(message.text, new RegExp(`^${short.url}/en/email$`, "m"), "where to start again");
  const states = query(short, "SELECT template, state FROM outbox ORDER BY template");
  assert.deepEqual(states, [
    { template: "recovery-code", state: "too-late" },
    { template: "too-late", state: "sent" },
  ]);
});

test("the captured message names sender, reason and what is never asked for", async () => {
  const { identifier, email } = someone();
  await startRecovery(server.url, identifier, email);
  const message = await until("the message", async () => {
    await server.sweep();
    return sentTo(email)[0];
  });
  assert.ok(!message.subject.includes(secretsIn(message.text).code));
  assert.ok(!message.text.includes(identifier), "a message may reach a stranger: the number is masked");
  assert.doesNotMatch(message.html, /<img|<script|src=|url\(/i, "nothing is fetched when it is opened");
  assert.match(message.text, /1900 9068/);
});

test("more than twelve messages a day to one address are dropped, silently", async () => {
  await using small = await Server.start({
    vars: { ...VARS, ...provider.vars, LIMIT_ADDRESS_DAY: 2, LIMIT_DISPATCH_HOUR: 0, LIMIT_DISPATCH_DAY: 0 },
  });
  // Relatives share a mailbox.
  const answers = [];
  for (const identifier of ["9100000001", "9100000002", "9100000003"]) {
    answers.push(await startRecovery(small.url, identifier, "giadinh@example.vn"));
    await settle(small, answers.at(-1)?.body.recovery ?? "");
  }
  assert.deepEqual(answers.map(({ status }) => status), [202, 202, 202]);
  assert.equal(sentTo("giadinh@example.vn").length, 2);
  assert.equal(rowOf(small, answers[2]?.body.recovery ?? "")["state"], "dropped");
});
