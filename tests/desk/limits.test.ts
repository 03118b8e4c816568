// Limits that are met are counted whole: those that a program meets without having paid for
// anything, and the one that nobody is told of.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { call, member, startRecovery, type Answer } from "../support/api.ts";
import { query } from "../support/database.ts";
import { Issuer, Officer, openCase, type CaseView } from "../support/desk.ts";
import { Server, until } from "../support/server.ts";

let issuer: Issuer;
let server: Server;
let url: string;
let supervisor: Officer;

before(async () => {
  issuer = await Issuer.start();
  server = await Server.start({
    vars: { ...issuer.vars(), CAPTCHA_COST: 1, LIMIT_IP_MINUTE: 40, LIMIT_CODE_MEMBER_DAY: 3, LIMIT_CASE_RESEND_DAY: 1 },
  });
  url = server.url;
  supervisor = new Officer(url, issuer, "giam-sat@example.vn");
});
after(async () => {
  await server?.stop();
  issuer?.stop();
});

async function met(limit: string): Promise<number> {
  const { body } = await supervisor.call<{ limits: { kind: string; count: number }[] }>("GET", "/report?days=7");
  return body.limits.find(({ kind }) => kind === limit)?.count ?? 0;
}

/** What is met often is written as one sum, at most once in ten seconds. */
const counted = (limit: string, count: number) =>
  until(`${limit}: ${count}`, async () => ((await met(limit)) === count ? true : undefined), 60_000);

function signIn(identifier: string, network: string): Promise<Answer> {
  const body = { identifier, password: "không phải mật khẩu" };
  return call(url, "POST", "/api/v1/session", body, { "cf-connecting-ip": network });
}

test("sign-ins refused by their limit are counted, accounts that do not exist like all others", async () => {
  const refused: number[] = [];
  for (const [identifier, network] of [[member(71).identifier, "192.0.2.71"], ["9876543271", "192.0.2.72"]] as const) {
    const statuses: number[] = [];
    for (let n = 0; n < 9; n += 1) statuses.push((await signIn(identifier, network)).status);
    refused.push(statuses.filter((status) => status === 429).length);
  }
  assert.ok((refused[0] ?? 0) > 0);
  assert.equal(refused[0], refused[1]);
  await counted("sign-ins", (refused[0] ?? 0) * 2);
});

test("a flood of one network is counted whole, and is one row of the day", async () => {
  const statuses = await Promise.all(
    Array.from({ length: 120 }, async () => (await call(url, "POST", "/api/v1/recoveries", {}, { "cf-connecting-ip": "192.0.2.99" })).status),
  );
  const refused = statuses.filter((status) => status === 429).length;
  assert.ok(refused >= 40, `${refused}`);
  await counted("network", refused);
  const rows = query(server, "SELECT count(*) AS n, count(DISTINCT day) AS days FROM figure_limit WHERE kind = 'network'");
  assert.equal(rows[0]?.["n"], rows[0]?.["days"]);
});

test("codes that are not compared count, and no answer tells of it", async () => {
  for (const [place, [identifier, email]] of [[member(73).identifier, member(73).email], ["9876543273", "ai-do@example.vn"]].entries()) {
    const started = await startRecovery(url, identifier ?? "", email ?? "");
    assert.equal(started.status, 202);
    const path = `/api/v1/recoveries/${started.body.recovery}/code`;
    const left: unknown[] = [];
    for (let n = 0; n < 5; n += 1) {
      const answer = await call<{ attempts_left: number }>(url, "POST", path, { code: "0000-0000" });
      left.push([answer.status, answer.body.attempts_left]);
    }
    assert.deepEqual(left, [[422, 4], [422, 3], [422, 2], [422, 1], [422, 0]]);
    await counted("compared", 2 * (place + 1));
  }
});

test("links over a case's limit are counted, in the desk's own Worker", async () => {
  const { body } = await openCase(url, 74);
  const officer = new Officer(url, issuer, "can-bo-2@example.vn");
  const view = await officer.act(body.case_number, "check", { check: "record" });
  const contact = (view.body as CaseView).contacts.find(({ kind }) => kind === "email")?.id ?? "";
  assert.equal((await officer.act(body.case_number, "approve", { contact })).status, 200);
  assert.equal((await officer.act(body.case_number, "resend")).status, 429);
  await counted("case-links", 1);
});
