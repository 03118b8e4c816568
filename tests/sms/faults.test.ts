// A provider's bad days with outgoing texts: nothing is lost, and as little twice as an interface
// without idempotency keys allows: an unknown outcome is repeated once, with the same words, unless a
// receipt says first that the text went out.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { call, member } from "../support/api.ts";
import { captcha } from "../support/captcha.ts";
import { change, query } from "../support/database.ts";
import { type Fault } from "../support/faulty.ts";
import { send } from "../support/http.ts";
import { workerLog } from "../support/log.ts";
import { later, rowOf, settle } from "../support/outbox.ts";
import { Server, until, type ServerOptions } from "../support/server.ts";
import { codeIn, ESMS, esmsPath, report, TextProvider } from "../support/texts.ts";

const HOME = { "cf-connecting-ip": "203.0.113.7" };

let provider: TextProvider;
let server: Server;

function vars(): NonNullable<ServerOptions["vars"]> {
  return {
    ...provider.vars,
    ...ESMS,
    SMS_PROVIDERS: "esms",
    ESMS_SOURCES: "203.0.113.0/24",
    CAPTCHA_COST: 1,
    LIMIT_IP_MINUTE: 0,
    PROVIDER_TIMEOUT: 1,
  };
}

before(async () => {
  provider = await TextProvider.start();
  server = await Server.start({ vars: vars() });
});
after(async () => {
  // First: it holds this process even where the server never started.
  await provider.stop();
  await server?.stop();
});
beforeEach(() => provider.failAlways(undefined));

let next = 1;
function someone(): ReturnType<typeof member> {
  return member(next++);
}

/** Asks by a text whose provider cannot be trusted with the code, so that it goes out by itself. */
async function ask(at: Server, { identifier, phone }: { identifier: string; phone: string }): Promise<string> {
  const path = esmsPath({ from: phone, body: `BH MK ${identifier}` });
  const answer = await send(at.url, { method: "GET", path, headers: HOME });
  assert.match(answer.text, /<Message><\/Message>/, "nothing in the answer to a request that anybody could forge");
  const [row] = query(
    at,
    `SELECT recovery.id FROM recovery JOIN member_identifier ON member_identifier.member = recovery.member
     WHERE identifier = ? ORDER BY created_at DESC LIMIT 1`,
    identifier,
  );
  return String(row?.["id"]);
}

async function redeemed(at: Server, text: string | undefined): Promise<number> {
  const { locator, code } = codeIn(text);
  const body = { locator, captcha: await captcha(at.url, "email") };
  const { recovery } = (await call<{ recovery: string }>(at.url, "POST", "/api/v1/sms-codes", body)).body;
  return (await call(at.url, "POST", `/api/v1/recoveries/${recovery}/code`, { code })).status;
}

for (const [name, faults, arrived, state] of [
  ["is well", [], 1, "sent"],
  ["is busy", [429, 503], 1, "sent"],
  ["fails once", [500], 1, "sent"],
  ["cuts the line once before it takes anything", ["down"], 1, "sent"],
  ["takes the text but its answer is lost", ["lost"], 2, "sent"],
  ["takes the text but is too slow to say so", ["slow"], 2, "sent"],
  ["loses its answer twice", ["lost", "lost"], 2, "unknown"],
  ["will never take it", [400], 0, "dead"],
] as [string, (Fault | 400 | 503)[], number, string][]) {
  test(`a provider that ${name}: the text arrives ${arrived} times, always the same, and is ${state}`, async () => {
    const who = someone();
    provider.failNext(...(faults as Fault[]));
    const row = await settle(server, await ask(server, who));
    assert.equal(row["state"], state);
    const texts = provider.to(who.phone);
    assert.equal(texts.length, arrived);
    assert.ok(new Set(texts).size <= 1, "the same words each time");
    if (arrived > 0) assert.equal(await redeemed(server, texts[0]), 200);
  });
}

for (const fault of ["lost", "slow"] as const) {
  test(`a text whose answer is ${fault} but whose receipt comes is sent once`, async () => {
    const who = someone();
    provider.receipts = true;
    provider.failNext(fault);
    const row = await settle(server, await ask(server, who));
    provider.receipts = false;
    assert.deepEqual([row["state"], row["attempts"]], ["sent", 1]);
    later(server);
    await server.sweep();
    assert.equal(provider.to(who.phone).length, 1);
  });
}

test("while the account at the provider is wrong nothing is lost", async () => {
  const who = someone();
  provider.failNext(401 as Fault, 403 as Fault);
  const row = await settle(server, await ask(server, who));
  assert.equal(row["state"], "sent");
  assert.equal(provider.to(who.phone).length, 1);
});

test("a Worker killed between writing and sending loses nothing", async () => {
  const who = someone();
  const first = await Server.start({ vars: vars() });
  const recovery = await ask(first, who);
  await first.crash();
  try {
    await using second = await Server.start({ vars: vars(), state: first.state });
    assert.equal((await settle(second, recovery))["state"], "sent");
    assert.equal(provider.to(who.phone).length, 1);
    assert.equal(await redeemed(second, provider.to(who.phone)[0]), 200);
  } finally {
    await first.stop();
  }
});

test("a Worker killed while the provider was thinking repeats the text once, and not a third time", async () => {
  const who = someone();
  const first = await Server.start({ vars: { ...vars(), PROVIDER_TIMEOUT: 10 } });
  provider.failNext("slow");
  const recovery = await ask(first, who);
  await until("the text at the provider", async () => {
    if (provider.to(who.phone).length > 0) return true;
    return undefined;
  });
  await first.crash();
  try {
    await using second = await Server.start({ vars: vars(), state: first.state });
    assert.equal(rowOf(second, recovery)["state"], "sending");
    provider.failNext("lost");
    later(second);
    const row = await settle(second, recovery);
    assert.equal(row["state"], "unknown");
    assert.equal(provider.to(who.phone).length, 2);
    later(second);
    await second.sweep();
    assert.equal(provider.to(who.phone).length, 2);
  } finally {
    await first.stop();
  }
});

test("a code that would come too late is replaced by a text without one", async () => {
  const who = someone();
  provider.failAlways(500);
  const recovery = await ask(server, who);
  await until("a first attempt", async () => {
    await server.sweep();
    return Number(rowOf(server, recovery)["attempts"]) > 0 ? true : undefined;
  });
  change(server, "UPDATE outbox SET not_after = 1 WHERE recovery = ?", recovery);
  provider.failAlways(undefined);
  const [text] = await until("the text", async () => {
    later(server);
    await server.sweep();
    const texts = provider.to(who.phone);
    return texts.length > 0 ? texts : undefined;
  });
  assert.match(text ?? "", /qua muon/);
  assert.doesNotMatch(text ?? "", /[0-9A-Z]{4}-[0-9A-Z]{4}/);
  assert.equal(rowOf(server, recovery)["state"], "too-late");
});

test("a change of the password is told to phone and mailbox, and a receipt is counted once", async () => {
  const who = someone();
  await settle(server, await ask(server, who));
  const { locator, code } = codeIn(provider.to(who.phone)[0]);
  const body = { locator, captcha: await captcha(server.url, "email") };
  const { recovery } = (await call<{ recovery: string }>(server.url, "POST", "/api/v1/sms-codes", body)).body;
  const granted = await call<{ ticket: string }>(server.url, "POST", `/api/v1/recoveries/${recovery}/code`, { code });
  const password = "hoang anh bay ve to am xua";
  await call(server.url, "POST", "/api/v1/password", { ticket: granted.body.ticket, password });
  const notice = await until("the notice", async () => {
    await server.sweep();
    return provider.sent.find((sent) => sent.to.endsWith(who.phone.slice(1)) && /da doi/.test(sent.body));
  });
  assert.ok(!notice.body.includes(who.identifier));
  const kinds = query(server, "SELECT count(*) AS n FROM outbox WHERE template = 'password-changed' AND recovery = ?", recovery);
  assert.equal(kinds[0]?.["n"], 2);

  const callback = new URL(notice.callback ?? "");
  assert.equal(callback.origin, server.url);
  assert.equal(await report(callback.href, "sent"), 204);
  assert.equal(await report(callback.href, "delivered", "another"), 401);
  assert.deepEqual(query(server, "SELECT delivered FROM text_receipt"), []);
  assert.equal(await report(callback.href, "failed"), 204);
  assert.equal(await report(callback.href, "delivered"), 204);
  assert.deepEqual(query(server, "SELECT delivered FROM text_receipt"), [{ delivered: 1 }]);
});

test("over the day's budget codes are dropped and notices wait for tomorrow; the log says so", async () => {
  await using poor = await Server.start({ vars: { ...vars(), LIMIT_SMS_DAY: 1 } });
  const [first, second] = [someone(), someone()];
  assert.equal((await settle(poor, await ask(poor, first)))["state"], "sent");
  const dropped = await until("the second text", async () => {
    const recovery = await ask(poor, second);
    return (await settle(poor, recovery))["state"];
  });
  assert.equal(dropped, "dropped");
  assert.equal(provider.to(second.phone).length, 0);
  assert.ok(workerLog(poor).some((line) => line.includes('"text-budget"')));
  change(poor, "UPDATE outbox SET template = 'password-changed', state = 'pending', due_at = 0, settled_at = NULL, not_after = NULL WHERE state = 'dropped'");
  await poor.sweep();
  const [waiting] = query(poor, "SELECT state, due_at > unixepoch() AS later FROM outbox WHERE template = 'password-changed'");
  assert.deepEqual(waiting, { state: "pending", later: 1 });
});
