// How SQLite goes about the statements that the contract Worker ran.
import { DatabaseSync } from "node:sqlite";
import { databaseFile } from "./database.ts";
import { send } from "./http.ts";
import type { Server } from "./server.ts";

export interface Statement {
  text: string;
  binds: (string | number | null)[];
}

/** Every statement since the last call, with its values. */
export async function statements(server: Server): Promise<Statement[]> {
  const answer = await send(server.url, { method: "GET", path: "/api/statements" });
  if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.text}`);
  return JSON.parse(answer.text) as Statement[];
}

/** The steps of a statement's plan. */
export function plan(server: Server, statement: Statement): string[] {
  const database = new DatabaseSync(databaseFile(server.state), { timeout: 5_000 });
  try {
    const rows = database.prepare(`EXPLAIN QUERY PLAN ${statement.text}`).all(...statement.binds);
    return rows.map((row) => String(row["detail"]));
  } finally {
    database.close();
  }
}

/** The median of `rounds` runs of a question in SQLite, in milliseconds. */
export function median(server: Server, statement: Statement, rounds: number): number {
  const database = new DatabaseSync(databaseFile(server.state), { timeout: 5_000, readOnly: true });
  try {
    const prepared = database.prepare(statement.text);
    const times = Array.from({ length: rounds }, () => {
      const begun = performance.now();
      prepared.all(...statement.binds);
      return performance.now() - begun;
    });
    return times.sort((one, other) => one - other)[Math.floor(rounds / 2)] ?? 0;
  } finally {
    database.close();
  }
}
