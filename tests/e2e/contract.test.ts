// The store's contract suite of `recovery`, which the in-memory store passes in `cargo test`, on
// D1 inside workerd.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { call } from "../support/api.ts";
import { Server } from "../support/server.ts";

interface Report {
  rules: number;
  failed: { rule: string; why: string }[];
  error?: string;
  /** Of each kind of queue: how SQLite goes about it. */
  plans: { Ok: [string, string][] };
  /** Of each figure. */
  figures: { Ok: [string, string][] };
}

let server: Server;
before(async () => {
  server = await Server.start({ contract: true });
});
after(() => server?.stop());

test("D1 keeps every rule of the store's contract", async (t) => {
  for (const seed of [1, 2, 3]) {
    const { status, body } = await call<Report | string>(server.url, "GET", `/api/contract?seed=${seed}`);
    assert.equal(status, 200);
    const report = (typeof body === "string" ? JSON.parse(body) : body) as Report;
    assert.equal(report.error, undefined);
    assert.ok(report.rules > 30, `only ${report.rules} rules ran`);
    assert.deepEqual(report.failed, [], `seed ${seed}`);
    assert.equal(report.plans.Ok.length, 14, JSON.stringify(report.plans));
    for (const [kind, plan] of report.plans.Ok) {
      assert.doesNotMatch(plan, /SCAN desk_case/, `${kind}: ${plan}`);
      // A search by number or key finds a handful, which may be sorted; it never goes through an office.
      if (kind.startsWith("by ")) assert.doesNotMatch(plan, /office=/, `${kind}: ${plan}`);
      else assert.doesNotMatch(plan, /TEMP B-TREE/, `${kind}: ${plan}`);
      if (kind.startsWith("open,")) assert.match(plan, /INDEX desk_case_open/, `${kind}: ${plan}`);
    }
    assert.equal(report.figures.Ok.length, 10, JSON.stringify(report.figures));
    for (const [kind, plan] of report.figures.Ok) {
      // Whole tables are gone through by a covering index of few rows, or not at all.
      assert.doesNotMatch(plan, /SCAN (?!\(subquery|event|json_each)\w+\b(?! USING (COVERING INDEX|INDEX outbox_given_up))/, `${kind}: ${plan}`);
    }
    if (seed === 1) for (const [kind, plan] of report.figures.Ok) t.diagnostic(`${kind}: ${plan}`);
  }
});
