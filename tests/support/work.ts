// What the contract Worker's database did: every statement with the rows that it read and wrote.
import { change } from "./database.ts";
import { send } from "./http.ts";
import type { Server } from "./server.ts";

/** Statements of the account store: what it finds it must read, and an agency's own store decides how. */
const ACCOUNTS = /\b(FROM|JOIN) member(_\w+)?\b/;

/**
 * Rows before and behind those of every key: whoever counts a key's rows in an index reads the row
 * behind the last one too, where there is one, and keys are random.
 */
export function fence(server: Server): void {
  for (const key of ["!", "~"]) {
    change(server, "INSERT INTO dispatch (key, identifier, at) VALUES (?1, ?1, 1)", key);
    change(server, "INSERT INTO text_count (key, at) VALUES (?1, 1)", key);
    change(server, "INSERT INTO comparison (id, key, at) VALUES (?1, ?1, 1)", key);
    change(server, "INSERT INTO address_use (outbox, key, at) VALUES (?1, ?1, 1)", key);
  }
}

/** The same without what the account store read: statements, rows written, all other rows read. */
export function beside(lines: string[]): string[] {
  return lines.map((line) => (ACCOUNTS.test(line) ? line.replace(/ \| read \d+ /, " | read … ") : line)).toSorted();
}

/** How many rows were read, and of these how many in the account store. */
export function rowsRead(lines: string[]): { all: number; accounts: number } {
  const sum = (some: string[]) => some.reduce((n, line) => n + Number(/ \| read (\d+)/.exec(line)?.[1] ?? 0), 0);
  return { all: sum(lines), accounts: sum(lines.filter((line) => ACCOUNTS.test(line))) };
}

/** The statements since the last call, in order, each with its cost; `BATCH` begins a transaction. */
export async function work(url: string): Promise<string[]> {
  const answer = await send(url, { method: "GET", path: "/api/work" });
  if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.text}`);
  return (JSON.parse(answer.text) as string[]).map((line) => line.replaceAll(/\s+/g, " "));
}
