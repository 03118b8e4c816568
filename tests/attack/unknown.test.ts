// What an anonymous caller sees and causes is a function of the input alone: the same script
// for a member and for everybody who is none must leave the same answers and the same rows.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { member } from "../support/api.ts";
import { captcha } from "../support/captcha.ts";
import { query, type Row } from "../support/database.ts";
import { post, type RawAnswer } from "../support/http.ts";
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

interface Traces {
  /** Each answer: status, headers and body, without what is random. */
  answers: string[];
  /** Rows added, by table. */
  rows: Record<string, number>;
  /** What the outbox says about its rows, times as distances. */
  outbox: Row[];
}

const RANDOM_HEADERS = ["date", "x-request-id"];

/** Seconds that have gone by since a full lifetime make no difference. */
function aboutSeconds(text: string): string {
  return text.replaceAll(/\d{3,}/g, (digits) => {
    const full = [600, 900, 3_600].find((seconds) => Math.abs(seconds - Number(digits)) <= 10);
    return full === undefined ? digits : `about ${full}`;
  });
}

function shown({ status, headers, text }: RawAnswer): string {
  const kept = Object.entries(headers).filter(([name]) => !RANDOM_HEADERS.includes(name));
  const body = text.replace(/"recovery":"[0-9a-z]{26}"/, '"recovery":"…"');
  const lines = kept.toSorted().map(([name, value]) => {
    // The length follows the body; seconds gone by may make it differ by a digit.
    return name === "content-length" ? "" : aboutSeconds(`${name}: ${String(value)}`);
  });
  return [`${status}`, ...lines, aboutSeconds(body)].join("\n");
}

/** Tables of counts: what is added shows in the counts, not in the rows. */
const COUNTS = new Set(["figure_day", "figure_time", "figure_limit"]);

function tables(): Record<string, number> {
  const names = query(
    server,
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
  ).map((row) => String(row["name"]));
  assert.ok(names.length >= 15, String(names));
  return Object.fromEntries(
    names.map((name) => [name, Number(query(server, `SELECT ${COUNTS.has(name) ? "coalesce(sum(count), 0)" : "count(*)"} AS n FROM "${name}"`)[0]?.["n"])]),
  );
}

async function settled(): Promise<void> {
  await until("the outbox at rest", async () => {
    await server.sweep();
    const [row] = query(server, "SELECT count(*) AS n FROM outbox WHERE state IN ('pending', 'leased', 'sending')");
    return row?.["n"] === 0 ? true : undefined;
  });
}

/** How many answers of 429 are written down. */
function refusals(): number {
  const [row] = query(server, "SELECT coalesce(sum(count), 0) AS n FROM figure_limit WHERE kind NOT IN ('compared', 'texts', 'dropped')");
  return Number(row?.["n"]);
}

/** Everything that somebody without the mailbox can do with a number and an address. */
async function script(identifier: string, email: string, network: string): Promise<Traces> {
  const before = tables();
  const counted = refusals();
  const [last] = query(server, "SELECT coalesce(max(seq), 0) AS seq FROM audit");
  const answers: string[] = [];
  const say = (answer: RawAnswer): RawAnswer => {
    answers.push(shown(answer));
    return answer;
  };
  const solved = (form: "email" | "session") => captcha(url, form);
  const ask = async (locale: string) =>
    say(await post(url, "/api/v1/recoveries", { identifier, email, locale, captcha: await solved("email") }));
  const first = await ask("vi");
  const { recovery } = JSON.parse(first.text) as { recovery: string };
  const resend = async () =>
    say(await post(url, `/api/v1/recoveries/${recovery}/resend`, { captcha: await solved("email") }));
  await resend();
  await ask("en");
  await ask("vi"); // one too many
  await resend();
  for (let tries = 0; tries < 7; tries++) {
    say(await post(url, `/api/v1/recoveries/${recovery}/code`, { code: `2222-222${tries}` }));
  }
  const token = `${recovery}.${"A".repeat(43)}`;
  say(await post(url, "/api/v1/recoveries/link", { token }));
  say(await post(url, "/api/v1/recoveries/disown", { token }));
  await resend(); // its tries are used up: closed
  const signIn = async (from: string, payload?: string) => {
    const body = { identifier, password: "khong phai mat khau nay", ...(payload === undefined ? {} : { captcha: payload }) };
    return say(await post(url, "/api/v1/session", body, { "cf-connecting-ip": from }));
  };
  for (let tries = 0; tries < 7; tries++) await signIn(network);
  await signIn("203.0.113.250");
  await signIn("203.0.113.251", await solved("session"));
  await settled();
  const refused = answers.filter((answer) => answer.startsWith("429")).length;
  // They are summed for some seconds before they are written.
  await until("each refusal as counted", () => (refusals() === counted + refused ? true : undefined), 60_000);

  const after = tables();
  const rows = Object.fromEntries(Object.entries(after).map(([name, n]) => [name, n - (before[name] ?? 0)]));
  const outbox = query(
    server,
    `SELECT template, locale, not_after - outbox.created_at AS life, due_at - outbox.created_at AS wait, attempts,
       unknowns, state IN ('sent', 'discarded') AS done, settled_at IS NOT NULL AS settled,
       length(outbox.member) > 0 AS has_member, length(contact) > 0 AS has_contact
     FROM outbox WHERE recovery IN (SELECT recovery FROM audit WHERE seq > ?) ORDER BY locale, life`,
    Number(last?.["seq"]),
  );
  // Later messages of one recovery live shorter, by the seconds that went by.
  for (const row of outbox) row["life"] = aboutSeconds(String(Number(row["life"]) + 120));
  return { answers, rows, outbox };
}

const STRANGERS: [string, string, string][] = [
  ["nobody", "9999999990", "khong-co@example.vn"],
  ["a member's number with another address", member(31).identifier, "khong-phai-tv31@example.vn"],
  ["a member's number with another member's address", member(32).identifier, member(33).email],
  ["a member's address with nobody's number", "9999999991", member(34).email],
  ["a closed account", "9100000009", "kho9@example.vn"],
  ["a member without any address", "9100000006", "kho6@example.vn"],
];

test("the same script leaves the same answers and the same rows for a member and for everybody else", async (t) => {
  const known = await script(member(30).identifier, member(30).email, "203.0.113.1");
  assert.equal(provider.sent.length, 3, "the member gets three messages");
  // So that equality below is equality of the whole script and not of early refusals.
  assert.deepEqual(
    known.answers.map((answer) => Number(answer.slice(0, 3))),
    [202, 202, 202, 429, 429, 422, 422, 422, 422, 422, 410, 410, 410, 204, 410, 401, 401, 401, 401, 401, 429, 429, 403, 401],
  );
  assert.equal(known.rows["recovery"], 2);
  assert.equal(known.rows["outbox"], 3);
  assert.equal(known.outbox.length, 3);
  t.diagnostic(`rows added by the script: ${JSON.stringify(known.rows)}`);
  let network = 2;
  for (const [who, identifier, email] of STRANGERS) {
    const stranger = await script(identifier, email, `203.0.113.${network++}`);
    for (const [index, answer] of known.answers.entries()) assert.equal(stranger.answers[index], answer, `${who}, answer ${index}`);
    assert.deepEqual(stranger, known, who);
  }
  assert.equal(provider.sent.length, 3, "nobody else gets any");
  assert.ok(provider.sent.every(({ to }) => to.join() === member(30).email));
});

test("what was typed by a stranger is kept nowhere, not even in part", () => {
  const dump = tables();
  for (const name of Object.keys(dump)) {
    // The account store holds its members' own addresses.
    if (name.startsWith("member")) continue;
    const text = JSON.stringify(query(server, `SELECT * FROM "${name}"`));
    for (const typed of ["khong-co", "khong-phai-tv31", "9999999990", "9999999991", "kho9", "203.0.113"]) {
      assert.ok(!text.includes(typed), `${typed} in ${name}`);
    }
  }
});
