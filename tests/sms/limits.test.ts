// Floods and repetitions: what is granted, what is charged, and what the figures are.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { call, member } from "../support/api.ts";
import { captcha } from "../support/captcha.ts";
import { query } from "../support/database.ts";
import { send } from "../support/http.ts";
import { workerLog } from "../support/log.ts";
import { root, Server, xtask } from "../support/server.ts";
import { codeIn, messageId, ONE_PAY, onePayPath, postTwilio, replyOf, text, TWILIO, twilioFields } from "../support/texts.ts";

const VARS = { ...TWILIO, CAPTCHA_COST: 1, LIMIT_IP_MINUTE: 0 };

let server: Server;
before(async () => {
  server = await Server.start({ vars: { ...VARS, ...ONE_PAY, SMS_PROVIDERS: "twilio,1pay", LIMIT_SMS_DAY: 0 } });
});
after(() => server?.stop());

function count(sql: string, at: Server = server): number {
  return Number(query(at, sql)[0]?.["n"]);
}

const TABLES = ["recovery", "outbox", "dispatch", "text_note", "text_count", "text_name", "audit"];
function rows(at: Server = server): number[] {
  return TABLES.map((table) => count(`SELECT count(*) AS n FROM ${table}`, at));
}

/** Runs `work` for 0 to `times`, so many at once. */
async function many<T>(times: number, atOnce: number, work: (k: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const lane = async () => {
    while (next < times) {
      const k = next++;
      results[k] = await work(k);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return results;
}

/** How often each kind of reply came. */
function kinds(replies: (string | undefined)[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const reply of replies) {
    const kind = reply === undefined ? "silence" : /Ma: /.test(reply) ? "code" : /qua nhieu/.test(reply) ? "too many" : "other";
    found[kind] = (found[kind] ?? 0) + 1;
  }
  return found;
}

test("100 repetitions at once act once and get one reply", async (t) => {
  const fields = twilioFields({ from: member(1).phone, body: `BH MK ${member(1).identifier}` });
  const before = rows();
  const answers = await many(100, 100, () => postTwilio(server.url, fields));
  const after = rows();
  const replies = new Set(answers.map(replyOf));
  assert.equal(replies.size, 1, [...replies].join("\n"));
  assert.ok(codeIn([...replies][0]));
  const grown = TABLES.map((table, k) => [table, (after[k] ?? 0) - (before[k] ?? 0)]);
  t.diagnostic(`100 repetitions: ${JSON.stringify(Object.fromEntries(grown))}`);
  assert.deepEqual(Object.fromEntries(grown), {
    recovery: 1, outbox: 0, dispatch: 1, text_note: 1, text_count: 1, text_name: 1, audit: 1,
  });
  // Later, too.
  assert.equal(replyOf(await postTwilio(server.url, fields)), [...replies][0]);
});

test("100 repetitions of a GET at once act once and get one reply", async () => {
  const path = onePayPath({ from: member(2).phone, body: `BH MK ${member(2).identifier}` });
  const before = count("SELECT count(*) AS n FROM recovery");
  const answers = await many(100, 100, () => send(server.url, { method: "GET", path }));
  assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
  assert.equal(count("SELECT count(*) AS n FROM recovery"), before + 1);
});

test("another text or sender under a known id gets silence and does nothing", async () => {
  const id = messageId();
  assert.ok(codeIn(await text(server.url, member(3).phone, `BH MK ${member(3).identifier}`, id)));
  const before = rows();
  assert.equal(await text(server.url, member(4).phone, `BH MK ${member(3).identifier}`, id), undefined);
  assert.equal(await text(server.url, member(3).phone, `BH MK ${member(4).identifier}`, id), undefined);
  assert.deepEqual(rows(), before);
});

test("1,000 texts from one phone about one number: three codes", async (t) => {
  const { identifier, phone } = member(5);
  const replies = await many(1_000, 20, () => text(server.url, phone, `BH MK ${identifier}`));
  const found = kinds(replies);
  t.diagnostic(`1,000 texts, one number: ${JSON.stringify(found)}`);
  assert.deepEqual(found, { code: 3, "too many": 8, silence: 989 });
});

test("1,000 numbers from one phone: ten codes", async (t) => {
  const before = count("SELECT count(*) AS n FROM recovery");
  const replies = await many(1_000, 20, (k) => text(server.url, "0987000001", `BH MK ${member(k + 1).identifier}`));
  const found = kinds(replies);
  t.diagnostic(`1,000 numbers, one phone: ${JSON.stringify(found)}`);
  assert.deepEqual(found, { code: 10, "too many": 1, silence: 989 });
  assert.equal(count("SELECT count(*) AS n FROM recovery"), before + 10);
  assert.equal(count("SELECT count(*) AS n FROM ticket"), 0, "and nothing was granted");
});

test("codes typed for texts count towards the member's ten of the day", async () => {
  const { identifier, phone } = member(6);
  const tries = async (code: string, recovery: string) =>
    (await call(server.url, "POST", `/api/v1/recoveries/${recovery}/code`, { code })).status;
  for (let round = 0; round < 2; round++) {
    const { locator } = codeIn(await text(server.url, phone, `BH MK ${identifier}`));
    const body = { locator, captcha: await captcha(server.url, "email") };
    const { recovery } = (await call<{ recovery: string }>(server.url, "POST", "/api/v1/sms-codes", body)).body;
    for (let k = 0; k < 5; k++) assert.equal(await tries(`2222-222${k}`, recovery), 422);
  }
  // The eleventh is not compared, however right it is.
  const { locator, code } = codeIn(await text(server.url, phone, `BH MK ${identifier}`));
  const body = { locator, captcha: await captcha(server.url, "email") };
  const { recovery } = (await call<{ recovery: string }>(server.url, "POST", "/api/v1/sms-codes", body)).body;
  assert.equal(await tries(code, recovery), 422);
});

test("the day's budget ends in silence, after an alarm", async (t) => {
  await using small = await Server.start({ vars: { ...VARS, LIMIT_SMS_DAY: 10, SMS_ALARM_PERCENT: 50 } });
  const replies = await many(40, 8, (k) => text(small.url, member(k + 1).phone, `BH MK ${member(k + 1).identifier}`));
  const found = kinds(replies);
  t.diagnostic(`budget of 10, 40 phones: ${JSON.stringify(found)}`);
  assert.deepEqual(found, { code: 10, silence: 30 });
  assert.equal(count("SELECT sent AS n FROM text_day", small), 10);
  const acts = query(small, "SELECT act FROM audit WHERE act LIKE 'sms-budget%' ORDER BY seq").map(({ act }) => act);
  assert.deepEqual(acts, ["sms-budget-near", "sms-budget-used"]);
  const alarms = workerLog(small).map((line) => JSON.parse(line) as Record<string, unknown>);
  const alarm = alarms.find(({ event }) => event === "text-budget");
  assert.ok(alarm && Number(alarm["sent"]) >= 5 && alarm["cap"] === 10, JSON.stringify(alarm));
  assert.equal(alarm["level"], "error");
  // And for whoever asks.
  const { stdout } = await promisify(execFile)(xtask(), ["texts", "--state", small.state], { cwd: root });
  assert.match(stdout, /^on the bill today +10$/m);
  assert.match(stdout, /^sms-budget-near +20\d\d-/m);
});
