// A look into the database of a running server.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import type { Server } from "./server.ts";

export type Row = Record<string, unknown>;

/** The file of the only database of a state. */
export function databaseFile(state: string): string {
  const directory = join(state, "data/v3/d1/miniflare-D1DatabaseObject");
  const names = readdirSync(directory).filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name));
  const [name] = names;
  if (name === undefined || names.length > 1) throw new Error(`databases in ${directory}: ${names.length}`);
  return join(directory, name);
}

/** The rows of a query. */
export function query(server: Server, sql: string, ...values: SQLInputValue[]): Row[] {
  const database = new DatabaseSync(databaseFile(server.state), { timeout: 5_000 });
  try {
    return database.prepare(sql).all(...values).map((row) => ({ ...row }));
  } finally {
    database.close();
  }
}

/** Changes rows behind the server's back: a clock moved on, an operator's hand. */
export function change(server: Server, sql: string, ...values: SQLInputValue[]): void {
  const database = new DatabaseSync(databaseFile(server.state), { timeout: 5_000 });
  try {
    database.prepare(sql).run(...values);
  } finally {
    database.close();
  }
}
