// How many calls a second one isolate answers on this machine. Measured through Miniflare's own
// socket: `wrangler dev` adds a proxy that is slower than the Worker.
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Miniflare } from "miniflare4";
import { member } from "../support/api.ts";
import { captcha } from "../support/captcha.ts";
import { root, xtask } from "../support/server.ts";

const { values } = parseArgs({ options: { seconds: { type: "string", default: "3" } } });
const SECONDS = Number(values.seconds);
const PARALLEL = 16;

interface Request {
  path: string;
  init?: RequestInit;
}

interface Case {
  name: string;
  /** Statuses that count as an answer. */
  good: number[];
  next: (index: number) => Request;
}

const json = (body: unknown): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

const state = mkdtempSync(join(tmpdir(), "chiakhoa-bench-"));
const seeded = spawnSync(xtask(), ["seed", "--members", "1000", "--state", state], { cwd: root });
if (seeded.status !== 0) throw new Error(String(seeded.stderr));

const build = join(root, "edge/build");
const miniflare = new Miniflare({
  modules: [
    { type: "ESModule", path: join(build, "index.js"), contents: readFileSync(join(build, "index.js"), "utf8") },
    { type: "CompiledWasm", path: join(build, "index_bg.wasm"), contents: readFileSync(join(build, "index_bg.wasm")) },
  ],
  modulesRoot: build,
  compatibilityDate: "2026-07-01",
  d1Databases: { DB: "local" },
  d1Persist: join(state, "data/v3/d1"),
  email: { send_email: [{ name: "EMAIL" }] },
  bindings: {
    SECRET_KEYS: `bench:${randomBytes(32).toString("base64")}`,
    // Limits would measure refusals.
    LIMIT_IP_MINUTE: "0",
    LIMIT_DISPATCH_HOUR: "0",
    LIMIT_DISPATCH_DAY: "0",
    LIMIT_ADDRESS_DAY: "0",
    LIMIT_SIGNIN: "0",
    CAPTCHA_COST: "1",
  },
});
const url = (await miniflare.ready).origin;

/** Captchas are solved beforehand: they are the client's work. */
async function solved(count: number): Promise<string[]> {
  const all: string[] = [];
  while (all.length < count) all.push(await captcha(url, "email"));
  return all;
}

interface Measured {
  /** How long each call took, ms, sorted. */
  times: number[];
  /** Calls a second. */
  rate: number;
}

/** Makes calls, `PARALLEL` at once, until `calls` are made or the time is over. */
async function run({ name, good, next }: Case, from: number, calls: number): Promise<Measured> {
  const times: number[] = [];
  const begun = performance.now();
  const end = begun + (calls === Infinity ? SECONDS * 1000 : Infinity);
  let index = 0;
  const one = async () => {
    while (performance.now() < end && index < calls) {
      const { path, init } = next(from + index++);
      const start = performance.now();
      const answer = await fetch(url + path, init);
      await answer.arrayBuffer();
      times.push(performance.now() - start);
      if (!good.includes(answer.status)) throw new Error(`${name}: ${answer.status}`);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, one));
  const rate = times.length / ((performance.now() - begun) / 1000);
  return { times: times.sort((a, b) => a - b), rate };
}

const part = (sorted: number[], share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;

function row(name: string, { times, rate }: Measured): string[] {
  return [name, String(times.length), `${rate.toFixed(0)}/s`, `${part(times, 0.5).toFixed(1)} ms`, `${part(times, 0.99).toFixed(1)} ms`];
}

/** Rounds of the comparison, and calls of each kind in one. */
const ROUNDS = 10;
const IN_ROUND = 50;

/**
 * Two kinds of calls by turns, so that both meet the same tables, as full as they are by then: first
 * the one, then the other, in the next round the other way about. The ratio is that of each round's
 * times; half of the rounds lie within its quartiles.
 */
async function compare(one: Case, other: Case): Promise<string[][]> {
  const all = new Map<Case, Measured[]>([[one, []], [other, []]]);
  const ratios: number[] = [];
  // The first calls of all meet a cold database.
  await run(one, 0, PARALLEL);
  await run(other, 0, PARALLEL);
  for (let round = 0; round < ROUNDS; round += 1) {
    const from = PARALLEL + round * IN_ROUND;
    for (const kind of round % 2 === 0 ? [one, other] : [other, one]) all.get(kind)!.push(await run(kind, from, IN_ROUND));
    ratios.push(all.get(one)![round]!.rate / all.get(other)![round]!.rate);
  }
  ratios.sort((a, b) => a - b);
  const shown = (share: number) => part(ratios, share).toFixed(2);
  const together = (kind: Case): string[] => {
    const rounds = all.get(kind)!;
    const times = rounds.flatMap(({ times }) => times).sort((a, b) => a - b);
    const seconds = rounds.reduce((sum, { times, rate }) => sum + times.length / rate, 0);
    return row(kind.name, { times, rate: times.length / seconds });
  };
  return [
    together(one),
    together(other),
    [`time of the second to the first, ${ROUNDS} rounds: median ${shown(0.5)}, quartiles ${shown(0.25)} and ${shown(0.75)}`],
  ];
}

const CALLS = PARALLEL + ROUNDS * IN_ROUND;
const captchas = await solved(2 * CALLS);
const single: Case[] = [
  { name: "health (one read)", good: [200], next: () => ({ path: "/api/v1/health" }) },
  { name: "config", good: [200], next: () => ({ path: "/api/v1/config" }) },
  { name: "captcha", good: [200], next: () => ({ path: "/api/v1/captcha?form=email" }) },
];
/** A request for a new password; no two name the same account or the same address. */
const recovery = (name: string, of: (index: number) => { identifier: string; email: string }, solutions: string[]): Case => ({
  name,
  good: [202],
  next: (index) => ({ path: "/api/v1/recoveries", init: json({ ...of(index), locale: "vi", captcha: solutions[index] }) }),
});
const known = recovery("recovery, known account", (index) => member(index + 1), captchas.slice(0, CALLS));
const unknown = recovery(
  "recovery, unknown account",
  (index) => ({ identifier: String(8_000_000_000 + index), email: `kv${index}@example.vn` }),
  captchas.slice(CALLS),
);

try {
  const rows = [["call", "calls", "rate", "median", "p99"]];
  for (const one of single) rows.push(row(one.name, await run(one, 0, Infinity)));
  rows.push(...(await compare(known, unknown)));
  for (const row of rows) console.log(row.map((cell, at) => (at === 0 ? cell.padEnd(28) : cell.padStart(11))).join(""));
} finally {
  await miniflare.dispose();
  rmSync(state, { recursive: true, force: true, maxRetries: 5 });
}
