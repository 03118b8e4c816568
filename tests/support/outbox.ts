// The outbox of a running server, and its clock moved on.
import assert from "node:assert/strict";
import { change, query, type Row } from "./database.ts";
import { until, type Server } from "./server.ts";

/** The row of the message with a recovery's code. */
export function rowOf(at: Server, recovery: string): Row {
  const [row] = query(at, "SELECT * FROM outbox WHERE recovery = ? AND template = 'recovery-code'", recovery);
  assert.ok(row, `an outbox row of ${recovery}`);
  return row;
}

/** The clock moved on: waits and leases are over. */
export function later(at: Server): void {
  change(at, "UPDATE outbox SET due_at = 0 WHERE state = 'pending'");
  change(at, "UPDATE outbox SET lease_until = 0 WHERE state IN ('leased', 'sending')");
}

/** Sweeps, as if time went by, until the row is settled. */
export async function settle(at: Server, recovery: string): Promise<Row> {
  return until(`the message of ${recovery}`, async () => {
    const row = rowOf(at, recovery);
    if (row["settled_at"] !== null) return row;
    if (Number(row["attempts"]) > 0 && row["state"] === "pending") later(at);
    await at.sweep();
    return undefined;
  });
}
