// The desk with 100,000 cases in one office: what each question costs over HTTP, and what its
// statements cost SQLite by themselves.
import { Issuer } from "../support/desk.ts";
import { DOMAIN } from "../support/letter.ts";
import { median, plan, statements, type Statement } from "../support/plans.ts";
import { fill, questions } from "../support/queue.ts";
import { Server } from "../support/server.ts";

const CASES = 100_000;
const ROUNDS = 31;

const issuer = await Issuer.start();
const vars = { ...issuer.vars(), CAPTCHA_COST: 1, LIMIT_IP_MINUTE: 0, DESK_MAIL_DOMAIN: DOMAIN };

/** What each question costs a client. */
async function overHttp(): Promise<Map<string, [number, number]>> {
  await using server = await Server.start({ vars });
  const asked = await questions(server, issuer, CASES);
  fill(server, CASES);
  const rows = new Map<string, [number, number]>();
  for (const [what, ask] of Object.entries(asked)) {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const begun = performance.now();
      const { status } = await ask();
      times.push(performance.now() - begun);
      if (status !== 200) throw new Error(`${what}: ${status}`);
    }
    times.sort((one, other) => one - other);
    rows.set(what, [times[Math.floor(ROUNDS / 2)] ?? 0, times[Math.floor(ROUNDS * 0.95)] ?? 0]);
  }
  return rows;
}

/** What each question's statements cost SQLite; and each statement once. */
async function inTheDatabase(): Promise<[Map<string, number>, Map<string, [number, string]>]> {
  await using server = await Server.start({ contract: true, vars });
  const asked = await questions(server, issuer, CASES);
  fill(server, CASES);
  const sums = new Map<string, number>();
  const each = new Map<string, [number, string]>();
  for (const [what, ask] of Object.entries(asked)) {
    await statements(server);
    await ask();
    const ran: Statement[] = await statements(server);
    let sum = 0;
    for (const statement of ran.filter(({ text }) => text.startsWith("SELECT"))) {
      const took = median(server, statement, ROUNDS);
      sum += took;
      each.set(statement.text, [took, plan(server, statement).join("; ")]);
    }
    sums.set(what, sum);
  }
  return [sums, each];
}

const http = await overHttp();
const [sums, each] = await inTheDatabase();
console.log(`the desk with ${CASES} cases in one office, ms`);
console.log(`${"".padEnd(32)} ${"database".padStart(10)} ${"over HTTP".padStart(10)} ${"p95".padStart(8)}`);
for (const [what, [half, most]] of http) {
  console.log(`${what.padEnd(32)} ${(sums.get(what) ?? 0).toFixed(2).padStart(10)} ${half.toFixed(1).padStart(10)} ${most.toFixed(1).padStart(8)}`);
}
console.log("\neach statement: ms, plan, text");
for (const [text, [took, steps]] of each) console.log(`${took.toFixed(3)}  ${steps}\n       ${text}`);
issuer.stop();
