// What the contract Worker's database did: every statement with the rows that it read and wrote.
import { send } from "./http.ts";

/** The statements since the last call, in order, each with its cost; `BATCH` begins a transaction. */
export async function work(url: string): Promise<string[]> {
  const answer = await send(url, { method: "GET", path: "/api/work" });
  if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.text}`);
  return (JSON.parse(answer.text) as string[]).map((line) => line.replaceAll(/\s+/g, " "));
}
