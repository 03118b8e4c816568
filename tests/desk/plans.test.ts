// With 100,000 cases: every statement behind the desk's list, filters, searches, cases, letters and figures
// goes by an index, and what it reads is a page's worth.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Issuer } from "../support/desk.ts";
import { DOMAIN } from "../support/letter.ts";
import { plan, statements, type Statement } from "../support/plans.ts";
import { fill, questions } from "../support/queue.ts";
import { Server } from "../support/server.ts";
import { rowsRead, work } from "../support/work.ts";

const CASES = 100_000;
/** Gone through from end to end: lists in a value, results of parts, tables of a few rows or none. */
const SMALL = /^SCAN (json_each|CONSTANT ROW|\(|event\b|desk_staff\b|\w*guard\b)/;
/** The same by an index that has all that is asked for, and nothing else. */
const BY_INDEX = /^SCAN (desk_case USING COVERING INDEX desk_case_open|outbox USING (COVERING )?INDEX outbox_given_up)$/;
/** These count all open cases. */
const COUNTING = new Set(["counts by state", "figures, 90 days"]);

let issuer: Issuer;
let server: Server;
before(async () => {
  issuer = await Issuer.start();
  const vars = { ...issuer.vars(), CAPTCHA_COST: 1, LIMIT_IP_MINUTE: 0, DESK_MAIL_DOMAIN: DOMAIN };
  server = await Server.start({ contract: true, vars });
});
after(async () => {
  await server?.stop();
  issuer?.stop();
});

test("no statement of the desk goes through a table", async (t) => {
  const asked = await questions(server, issuer, CASES);
  fill(server, CASES);
  const known = new Map<string, Statement>();
  for (const [what, ask] of Object.entries(asked)) {
    await work(server.url);
    await statements(server);
    const { status, body } = await ask();
    assert.equal(status, 200, `${what}: ${JSON.stringify(body)}`);
    const ran = await statements(server);
    assert.ok(ran.length > 0, what);
    const { all } = rowsRead(await work(server.url));
    t.diagnostic(`${what}: ${ran.length} statements, ${all} rows read`);
    if (!COUNTING.has(what)) assert.ok(all <= 500, `${what} reads ${all} rows`);
    for (const statement of ran) known.set(statement.text, statement);
  }
  assert.ok(known.size > 20, `${known.size} statements`);
  for (const statement of known.values()) {
    for (const step of plan(server, statement)) {
      const fits = !step.startsWith("SCAN ") || SMALL.test(step) || BY_INDEX.test(step);
      assert.ok(fits, `${step}: ${statement.text}`);
    }
  }
});
