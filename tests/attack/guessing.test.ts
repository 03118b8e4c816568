// Floods of guesses, replays and double uses, all at once. What holds is read from the
// database; the figures are printed.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { call, member, startRecovery } from "../support/api.ts";
import { captcha } from "../support/captcha.ts";
import { query } from "../support/database.ts";
import { post, type RawAnswer } from "../support/http.ts";
import { secretsIn } from "../support/mail.ts";
import { Provider } from "../support/provider.ts";
import { Server, until } from "../support/server.ts";

let provider: Provider;
let server: Server;
let url: string;

before(async () => {
  provider = await Provider.start();
  server = await Server.start({
    vars: {
      ...provider.vars,
      CAPTCHA_COST: 1,
      CAPTCHA_RAISE_AFTER: 0,
      LIMIT_IP_MINUTE: 0,
      LIMIT_DISPATCH_HOUR: 0,
      LIMIT_DISPATCH_DAY: 0,
      LIMIT_ADDRESS_DAY: 0,
    },
  });
  url = server.url;
});
after(async () => {
  // First: it holds this process even where the server never started.
  await provider.stop();
  await server.stop();
});

/** Answers by status and body, each with how often it came, random ids taken out. */
function transcript(answers: RawAnswer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, headers, text } of answers) {
    const key = `${status} ${headers["retry-after"] ?? ""} ${text}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(counts).toSorted());
}

/** How often each status came. */
function statuses(answers: RawAnswer[]): string {
  const counts = new Map<number, number>();
  for (const { status } of answers) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].toSorted().map(([status, count]) => `${count} × ${status}`).join(", ");
}

function count(sql: string, ...values: (string | number)[]): number {
  return Number(query(server, sql, ...values)[0]?.["n"]);
}

async function secretsOf(recovery: string, email: string): Promise<ReturnType<typeof secretsIn>> {
  return until(`the message of ${recovery}`, async () => {
    const mail = provider.sent.find(({ to, text }) => to.includes(email) && text.includes(`#${recovery}.`));
    if (mail === undefined) await server.sweep();
    return mail === undefined ? undefined : secretsIn(mail.text);
  });
}

/** Ten recoveries of one pair, and 500 wrong codes over them at once. */
async function guess(identifier: string, email: string): Promise<{ ids: string[]; answers: RawAnswer[] }> {
  const ids: string[] = [];
  for (let made = 0; made < 10; made++) {
    const started = await startRecovery(url, identifier, email);
    assert.equal(started.status, 202);
    ids.push(started.body.recovery);
  }
  const answers = await Promise.all(
    Array.from({ length: 500 }, (_, number) => {
      // Never a right one but by a chance of 500 in 2^40.
      const code = `ZZZZ-Z${number.toString().padStart(3, "0")}`;
      return post(url, `/api/v1/recoveries/${ids[number % ids.length]}/code`, { code });
    }),
  );
  return { ids, answers };
}

test("500 wrong codes at once over ten recoveries: at most ten are compared, and a decoy cannot be told apart", async (t) => {
  const { identifier, email } = member(20);
  const known = await guess(identifier, email);
  const compared = count("SELECT count(*) AS n FROM comparison");
  const tries = query(server, "SELECT tries FROM recovery").map((row) => Number(row["tries"]));
  t.diagnostic(`500 wrong codes, 10 recoveries of one member: ${compared} compared; ${statuses(known.answers)}`);
  assert.equal(compared, 10);
  assert.deepEqual(tries, Array.from({ length: 10 }, () => 5));
  assert.ok(known.answers.every(({ status }) => status === 422 || status === 410));
  assert.equal(known.answers.filter(({ status }) => status === 422).length, 50);

  // The member's day is used up: the right code of a new recovery is not compared either, and
  // nothing says so.
  const started = await startRecovery(url, identifier, email);
  const { code, link } = await secretsOf(started.body.recovery, email);
  const right = await post(url, `/api/v1/recoveries/${started.body.recovery}/code`, { code });
  const wrong = await post(url, `/api/v1/recoveries/${started.body.recovery}/code`, { code: "ZZZZ-ZZZZ" });
  assert.equal(right.status, 422);
  assert.equal(right.text.replace('"attempts_left":4', '"attempts_left":3'), wrong.text);
  assert.equal(count("SELECT count(*) AS n FROM comparison"), 10);
  assert.equal(count("SELECT count(*) AS n FROM ticket"), 0);

  // The link is not counted: it still leads to a new password.
  const token = new URL(link).hash.slice(1);
  const ticket = await call<{ ticket: string }>(url, "POST", "/api/v1/recoveries/link", { token });
  assert.equal(ticket.status, 200);
  const password = "mua xuan tren ban lang xa";
  const set = await post(url, "/api/v1/password", { ticket: ticket.body.ticket, password });
  assert.equal(set.status, 204);
  t.diagnostic("after it: the right code is refused (422), the link works (200), the password is set (204)");

  const decoy = await guess("9999999999", "khong-co@example.vn");
  assert.equal(count("SELECT count(*) AS n FROM comparison"), 20, "a decoy takes its own ten places");
  assert.deepEqual(transcript(decoy.answers), transcript(known.answers));
  t.diagnostic(`the same for a decoy: ${statuses(decoy.answers)}; equal transcript`);
});

test("200 uses of one ticket at once set one password", async (t) => {
  const { identifier, email } = member(21);
  const started = await startRecovery(url, identifier, email);
  const { link } = await secretsOf(started.body.recovery, email);
  const token = new URL(link).hash.slice(1);
  const { body } = await call<{ ticket: string }>(url, "POST", "/api/v1/recoveries/link", { token });
  const password = (number: number) => `mot trong hai tram mat khau ${number}`;
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, number) =>
      post(url, "/api/v1/password", { ticket: body.ticket, password: password(number) }),
    ),
  );
  t.diagnostic(`200 uses of one ticket: ${statuses(answers)}`);
  assert.equal(answers.filter(({ status }) => status === 204).length, 1);
  assert.ok(answers.every(({ status }) => [204, 410, 503].includes(status)), statuses(answers));
  assert.equal(count("SELECT count(*) AS n FROM ticket WHERE recovery = ? AND state = 'spent'", started.body.recovery), 1);
  assert.equal(count("SELECT count(*) AS n FROM audit WHERE act = 'password-set' AND recovery = ?", started.body.recovery), 1);
  // One notice to each address on record: the member has an email and a phone.
  const notices = "FROM outbox WHERE template = 'password-changed' AND recovery = ?";
  assert.equal(count(`SELECT count(*) AS n ${notices}`, started.body.recovery), 2);
  assert.equal(count(`SELECT count(DISTINCT contact) AS n ${notices}`, started.body.recovery), 2);
  // The password in force is the one whose answer said so.
  const winner = answers.findIndex(({ status }) => status === 204);
  const signIn = await post(url, "/api/v1/session", { identifier, password: password(winner) });
  assert.equal(signIn.status, 200);
});

test("1,000 replays of one solved captcha at once: one is accepted", async (t) => {
  const { identifier, email } = member(22);
  const before = count("SELECT count(*) AS n FROM dispatch");
  const body = { identifier, email, locale: "vi", captcha: await captcha(url, "email") };
  const answers = await Promise.all(Array.from({ length: 1_000 }, () => post(url, "/api/v1/recoveries", body)));
  t.diagnostic(`1,000 replays of one captcha: ${statuses(answers)}`);
  assert.equal(answers.filter(({ status }) => status === 202).length, 1);
  assert.ok(answers.every(({ status }) => status === 202 || status === 403), statuses(answers));
  assert.equal(count("SELECT count(*) AS n FROM dispatch") - before, 1);
});

test("100 redemptions of one link at once leave one live ticket, and it works", async (t) => {
  const { identifier, email } = member(23);
  const started = await startRecovery(url, identifier, email);
  const { link } = await secretsOf(started.body.recovery, email);
  const token = new URL(link).hash.slice(1);
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => post(url, "/api/v1/recoveries/link", { token })),
  );
  t.diagnostic(`100 redemptions of one link: ${statuses(answers)}`);
  assert.ok(answers.every(({ status }) => status === 200 || status === 503), statuses(answers));
  const live = "SELECT count(*) AS n FROM ticket WHERE recovery = ? AND state = 'live'";
  assert.equal(count(live, started.body.recovery), 1);
  const granted = answers.filter(({ status }) => status === 200);
  const uses: RawAnswer[] = [];
  // One at a time: two key derivations may run at once, the others would be told to come again.
  for (const { text } of granted) {
    const { ticket } = JSON.parse(text) as { ticket: string };
    uses.push(await post(url, "/api/v1/password", { ticket, password: "ngan" }));
  }
  const alive = uses.filter(({ status }) => status === 422);
  assert.equal(alive.length, 1, statuses(uses));
  assert.equal(uses.filter(({ status }) => status === 410).length, granted.length - 1);
  t.diagnostic(`of its ${granted.length} tickets, live: ${alive.length}`);
});

test("50 right codes at once give tickets of which one lives, and take no place of the day", async (t) => {
  const { identifier, email } = member(24);
  const started = await startRecovery(url, identifier, email);
  const { code } = await secretsOf(started.body.recovery, email);
  const path = `/api/v1/recoveries/${started.body.recovery}/code`;
  const answers = await Promise.all(Array.from({ length: 50 }, () => post(url, path, { code })));
  t.diagnostic(`50 right codes: ${statuses(answers)}`);
  assert.ok(answers.every(({ status }) => [200, 410, 422, 503].includes(status)), statuses(answers));
  const live = "SELECT count(*) AS n FROM ticket WHERE recovery = ? AND state = 'live'";
  assert.equal(count(live, started.body.recovery), 1);
  const held = query(server, "SELECT tries FROM recovery WHERE id = ?", started.body.recovery)[0]?.["tries"];
  assert.equal(held, 0, "right codes are given back");
});

test("100 requests at once of one pair: no more than the limit are accepted, known or not", async (t) => {
  await using limited = await Server.start({
    vars: { ...provider.vars, CAPTCHA_COST: 1, LIMIT_IP_MINUTE: 0 },
  });
  for (const [identifier, email] of [[member(25).identifier, member(25).email], ["9999999998", "khong-co@example.vn"]]) {
    const bodies = [];
    for (let made = 0; made < 100; made++) {
      bodies.push({ identifier, email, locale: "vi", captcha: await captcha(limited.url, "email") });
    }
    const answers = await Promise.all(bodies.map((body) => post(limited.url, "/api/v1/recoveries", body)));
    t.diagnostic(`100 requests of one pair: ${statuses(answers)}`);
    assert.equal(answers.filter(({ status }) => status === 202).length, 3);
    assert.equal(answers.filter(({ status }) => status === 429).length, 97);
    const [rows] = query(limited, "SELECT count(*) AS n FROM outbox");
    assert.equal(Number(rows?.["n"]) % 3, 0, "one row in the outbox for each accepted request");
  }
});

test("100 wrong passwords at once from one place: at most five are looked at", async (t) => {
  const { identifier } = member(26);
  const headers = { "cf-connecting-ip": "192.0.2.66" };
  const answers = await Promise.all(
    Array.from({ length: 100 }, () =>
      post(url, "/api/v1/session", { identifier, password: "khong phai mat khau nay" }, headers),
    ),
  );
  t.diagnostic(`100 wrong passwords: ${statuses(answers)}`);
  assert.ok(answers.filter(({ status }) => status === 401).length <= 5, statuses(answers));
  assert.ok(answers.every(({ status }) => [401, 403, 429, 503].includes(status)), statuses(answers));
});
