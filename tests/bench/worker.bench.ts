// How many calls a second one isolate answers on this machine. Measured through Miniflare's own
// socket: `wrangler dev` adds a proxy that is slower than the Worker.
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
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
  // The Worker's log would bury the table.
  handleRuntimeStdio: (...outputs: Readable[]) => outputs.forEach((output) => output.resume()),
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
    // All are solved before the first is spent.
    TTL_CAPTCHA: "3600",
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

/** Makes one call and gives its time, ms. */
async function timed({ name, good, next }: Case, index: number): Promise<number> {
  const { path, init } = next(index);
  const start = performance.now();
  const answer = await fetch(url + path, init);
  const text = await answer.text();
  const time = performance.now() - start;
  if (!good.includes(answer.status)) throw new Error(`${name}: ${answer.status} ${text}`);
  return time;
}

/** Makes calls, `PARALLEL` at once, until the time is over. */
async function run(one: Case): Promise<Measured> {
  const times: number[] = [];
  const begun = performance.now();
  let index = 0;
  const lane = async () => {
    while (performance.now() < begun + SECONDS * 1000) times.push(await timed(one, index++));
  };
  await Promise.all(Array.from({ length: PARALLEL }, lane));
  const rate = times.length / ((performance.now() - begun) / 1000);
  return { times: times.sort((a, b) => a - b), rate };
}

const part = (sorted: number[], share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;

function row(name: string, { times, rate }: Measured): string[] {
  return [name, String(times.length), `${rate.toFixed(0)}/s`, `${part(times, 0.5).toFixed(1)} ms`, `${part(times, 0.99).toFixed(1)} ms`];
}

/** Rounds of a comparison, and calls of each kind in one. */
const ROUNDS = 12;
const IN_ROUND = 25;
/** Calls of each kind in one comparison, those before the first round included. */
const COMPARED = (ROUNDS + 1) * IN_ROUND;

/**
 * Two kinds of calls by turns, one of each at a time, so that both meet the same queue, and tables as
 * full as they are by then; every other round begins with the other kind. A ratio is that of the
 * medians of one round, and half of the rounds lie between the quartiles.
 */
async function compare(one: Case, other: Case, lanes: number, from: number): Promise<string[][]> {
  const all: [number[], number[]] = [[], []];
  const ratios: number[] = [];
  let seconds = 0;
  for (let round = 0; round <= ROUNDS; round += 1) {
    const times: [number[], number[]] = [[], []];
    let turn = 0;
    const lane = async () => {
      while (turn < 2 * IN_ROUND) {
        const mine = turn++;
        const kind = (mine + round) % 2 === 0 ? 0 : 1;
        const index = from + round * IN_ROUND + Math.floor(mine / 2);
        times[kind].push(await timed(kind === 0 ? one : other, index));
      }
    };
    const begun = performance.now();
    await Promise.all(Array.from({ length: lanes }, lane));
    // The first calls of all meet a cold database.
    if (round === 0) continue;
    seconds += (performance.now() - begun) / 1000;
    const [median, otherMedian] = times.map((some) => part(some.sort((a, b) => a - b), 0.5));
    ratios.push(otherMedian! / median!);
    times.forEach((some, kind) => all[kind]!.push(...some));
  }
  ratios.sort((a, b) => a - b);
  const shown = (share: number) => part(ratios, share).toFixed(2);
  const rows = [one, other].map(({ name }, kind) => {
    const times = all[kind]!.sort((a, b) => a - b);
    return row(name, { times, rate: times.length / seconds });
  });
  return [
    [`${lanes === 1 ? "one after the other" : `${lanes} at once`}, both kinds by turns:`],
    ...rows,
    [`second to first: ${shown(0.5)} (median of ${ROUNDS} rounds, quartiles ${shown(0.25)} and ${shown(0.75)})`],
  ];
}

const CALLS = 2 * COMPARED;
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
  next: (index) => {
    const { identifier, email } = of(index);
    return { path: "/api/v1/recoveries", init: json({ identifier, email, locale: "vi", captcha: solutions[index] }) };
  },
});
const known = recovery("recovery, known account", (index) => member(index + 1), captchas.slice(0, CALLS));
const unknown = recovery(
  "recovery, unknown account",
  (index) => ({ identifier: String(8_000_000_000 + index), email: `kv${index}@example.vn` }),
  captchas.slice(CALLS),
);

try {
  const rows = [["call", "calls", "rate", "median", "p99"]];
  for (const one of single) rows.push(row(one.name, await run(one)));
  rows.push(...(await compare(known, unknown, 1, 0)));
  rows.push(...(await compare(known, unknown, PARALLEL, COMPARED)));
  for (const row of rows) console.log(row.map((cell, at) => (at === 0 ? cell.padEnd(28) : cell.padStart(11))).join(""));
} finally {
  await miniflare.dispose();
  rmSync(state, { recursive: true, force: true, maxRetries: 5 });
}
