// What a sender sees and causes is a function of number, text and earlier texts alone: the same
// script for a member on the registered phone and for everybody else leaves the same replies, the
// same answers, the same rows and the same work of the database, as long as nobody types the code that
// only the phone has.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { member } from "../support/api.ts";
import { captcha } from "../support/captcha.ts";
import { query } from "../support/database.ts";
import { post, send, type RawAnswer } from "../support/http.ts";
import { Server, until } from "../support/server.ts";
import { beside, fence, rowsRead, work } from "../support/work.ts";
import { codeIn, ESMS, esmsPath, postTwilio, replyOf, TextProvider, twilioFields } from "../support/texts.ts";

const HOME = { "cf-connecting-ip": "203.0.113.7" };

let provider: TextProvider;
let server: Server;
let url: string;
before(async () => {
  provider = await TextProvider.start();
  server = await Server.start({
    contract: true,
    vars: {
      ...provider.vars,
      ...ESMS,
      SMS_PROVIDERS: "twilio,esms",
      ESMS_SOURCES: "203.0.113.0/24",
      CAPTCHA_COST: 1,
      LIMIT_IP_MINUTE: 0,
      LIMIT_DISPATCH_HOUR: 4,
    },
  });
  url = server.url;
  fence(server);
});
after(async () => {
  // First: it holds this process even where the server never started.
  await provider.stop();
  await server?.stop();
});

interface Traces {
  /** Each answer without what is random. */
  answers: string[];
  /** Every statement of the script with the rows it read and wrote, sorted: some run beside others. */
  work: string[];
  /** Rows that the account store read for it. */
  looked: number;
  rows: Record<string, number>;
  recoveries: Record<string, unknown>[];
}

const RANDOM_HEADERS = ["date", "x-request-id"];

function shown({ status, headers, text }: RawAnswer): string {
  const kept = Object.entries(headers).filter(([name]) => !RANDOM_HEADERS.includes(name));
  const body = text
    .replace(/"(recovery|session)":"[0-9a-z]{26}"/, '"$1":"…"')
    .replace(/"web_code":"[0-9A-Z]{4}"/, '"web_code":"…"')
    .replace(/[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}|: [0-9A-Z]{4}-[0-9A-Z]{4} \(/, "…")
    .replace(/<Smsid>\w+</, "<Smsid>…<")
    .replace(/<Receiver>\d+</, "<Receiver>…<")
    // Seconds that have gone by since a full lifetime make no difference.
    .replaceAll(/\b5[89]\d\b/g, "600");
  return [String(status), ...kept.toSorted().map(([name, value]) => `${name}: ${String(value)}`), body].join("\n");
}

/** Tables of counts: what is added shows in the counts, not in the rows. */
const COUNTS = new Set(["figure_day", "figure_time", "figure_limit"]);

function tables(): Record<string, number> {
  const names = query(
    server,
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
  ).map((row) => String(row["name"]));
  return Object.fromEntries(
    names.map((name) => [name, Number(query(server, `SELECT ${COUNTS.has(name) ? "coalesce(sum(count), 0)" : "count(*)"} AS n FROM "${name}"`)[0]?.["n"])]),
  );
}

/** The Worker sends by itself after its answers; a sweep would add work of its own. */
async function settled(): Promise<void> {
  await until("the outbox at rest", () => {
    const [row] = query(server, "SELECT count(*) AS n FROM outbox WHERE state IN ('pending', 'leased', 'sending')");
    return row?.["n"] === 0 ? true : undefined;
  });
}

async function script(identifier: string, from: string): Promise<Traces> {
  const before = tables();
  const [last] = query(server, "SELECT coalesce(max(seq), 0) AS seq FROM audit");
  const answers: string[] = [];
  const statements: string[] = [];
  await work(url);
  const say = async (answer: RawAnswer): Promise<RawAnswer> => {
    answers.push(shown(answer));
    await settled();
    statements.push(...(await work(url)));
    return answer;
  };
  const ask = async (rest = "") => say(await postTwilio(url, twilioFields({ from, body: `BH MK ${identifier}${rest}` })));

  // The plain form, and five wrong codes.
  const { locator } = codeIn(replyOf(await ask()));
  const found = await say(await post(url, "/api/v1/sms-codes", { locator, captcha: await captcha(url, "email") }));
  const { recovery } = JSON.parse(found.text) as { recovery: string };
  for (let tries = 0; tries < 6; tries++) {
    await say(await post(url, `/api/v1/recoveries/${recovery}/code`, { code: `2222-222${tries}` }));
  }
  await say(await post(url, `/api/v1/recoveries/${recovery}/resend`, { captcha: await captcha(url, "email") }));
  // A page that waits.
  const wait = await say(await post(url, "/api/v1/sms-sessions", { captcha: await captcha(url, "email"), locale: "vi" }));
  const { session, web_code } = JSON.parse(wait.text) as { session: string; web_code: string };
  await ask(` ${web_code}`);
  const state = await say(await send(url, { method: "GET", path: `/api/v1/sms-sessions/${session}` }));
  const bound = JSON.parse(state.text) as { recovery: string };
  await say(await post(url, `/api/v1/recoveries/${bound.recovery}/code`, { code: "3333-3333" }));
  // A code that goes out by a text of its own.
  await say(await send(url, { method: "GET", path: esmsPath({ from, body: `BH MK ${identifier}` }), headers: HOME }));
  await ask();
  await ask(); // one too many for the pair
  await ask(" xin chào");
  await say(await postTwilio(url, twilioFields({ from, body: "BH" })));

  const after = tables();
  const rows = Object.fromEntries(Object.entries(after).map(([name, n]) => [name, n - (before[name] ?? 0)]));
  const recoveries = query(
    server,
    `SELECT channel, locale, code_expires_at - created_at AS code, link_expires_at - created_at AS link, tries, state,
       length(member) > 0 AS has_member, length(contact) > 0 AS has_contact
     FROM recovery WHERE id IN (SELECT recovery FROM audit WHERE seq > ?) ORDER BY tries, code`,
    Number(last?.["seq"]),
  );
  return { answers, work: beside(statements), looked: rowsRead(statements).accounts, rows, recoveries };
}

test("the same script leaves the same replies and rows for a member's own phone and for everybody else", async (t) => {
  // The decoys' day is one row, made by the first of them.
  await script("9999999980", "0987100000");
  const known = await script(member(30).identifier, member(30).phone);
  assert.deepEqual(
    known.answers.map((answer) => Number(answer.slice(0, 3))),
    [200, 200, 422, 422, 422, 422, 422, 410, 410, 202, 200, 200, 422, 200, 200, 200, 200, 200],
  );
  assert.equal(known.rows["recovery"], 4);
  assert.equal(known.rows["outbox"], 1);
  assert.equal(provider.to(member(30).phone).length, 1, "the member's phone gets the code");
  t.diagnostic(`rows added by the script: ${JSON.stringify(known.rows)}`);
  t.diagnostic(`${known.work.length} statements, ${rowsRead(known.work).all} rows read, ${known.looked} more in the account store`);
  for (const [who, identifier, from] of [
    ["nobody", "9999999990", "0987100001"],
    ["a member's number from another phone", member(31).identifier, "0987100002"],
    ["a member's number from another member's phone", member(32).identifier, member(33).phone],
    ["nobody's number from a member's phone", "9999999991", member(34).phone],
    ["a closed account from its phone", "9100000009", "0909000009"],
    ["a member without a phone", "9100000007", "0987100003"],
  ] as const) {
    const stranger = await script(identifier, from);
    for (const [index, answer] of known.answers.entries()) assert.equal(stranger.answers[index], answer, `${who}, answer ${index}`);
    // The one difference: a look-up that finds a member reads the member.
    t.diagnostic(`${who}: ${stranger.looked} rows read in the account store`);
    assert.ok(stranger.looked <= known.looked);
    assert.deepEqual({ ...stranger, looked: 0 }, { ...known, looked: 0 }, who);
  }
  assert.equal(provider.sent.length, 1, "nobody else gets any");
});

test("neither phone nor number nor words of a text are kept anywhere outside the account store", () => {
  for (const name of Object.keys(tables())) {
    if (name.startsWith("member")) continue;
    const text = JSON.stringify(query(server, `SELECT * FROM "${name}"`));
    for (const typed of ["987100", "9999999990", "9999999991", "xin", "900000030", "BH MK"]) {
      assert.ok(!text.includes(typed), `${typed} in ${name}`);
    }
  }
});
