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

async function measure({ name, good, next }: Case, most: number): Promise<string[]> {
  const times: number[] = [];
  const end = performance.now() + SECONDS * 1000;
  const begun = performance.now();
  let index = 0;
  const one = async () => {
    while (performance.now() < end && index < most) {
      const { path, init } = next(index++);
      const start = performance.now();
      const answer = await fetch(url + path, init);
      await answer.arrayBuffer();
      times.push(performance.now() - start);
      if (!good.includes(answer.status)) throw new Error(`${name}: ${answer.status}`);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, one));
  const rate = times.length / ((performance.now() - begun) / 1000);
  times.sort((a, b) => a - b);
  const at = (part: number) => `${(times[Math.floor((times.length - 1) * part)] ?? 0).toFixed(1)} ms`;
  return [name, String(times.length), `${rate.toFixed(0)}/s`, at(0.5), at(0.99)];
}

const captchas = await solved(1000);
const cases: [Case, number][] = [
  [{ name: "health (one read)", good: [200], next: () => ({ path: "/api/v1/health" }) }, Infinity],
  [{ name: "config", good: [200], next: () => ({ path: "/api/v1/config" }) }, Infinity],
  [{ name: "captcha", good: [200], next: () => ({ path: "/api/v1/captcha?form=email" }) }, Infinity],
  [
    {
      name: "recovery, known account",
      good: [202],
      next: (index) => {
        const { identifier, email } = member(index + 1);
        return { path: "/api/v1/recoveries", init: json({ identifier, email, locale: "vi", captcha: captchas[index] }) };
      },
    },
    captchas.length / 2,
  ],
  [
    {
      name: "recovery, unknown account",
      good: [202],
      next: (index) => {
        const body = { identifier: String(8_000_000_000 + index), email: "khong@example.vn", locale: "vi" };
        return {
          path: "/api/v1/recoveries",
          init: json({ ...body, captcha: captchas[captchas.length / 2 + index] }),
        };
      },
    },
    captchas.length / 2,
  ],
];

try {
  const rows = [["call", "calls", "rate", "median", "p99"]];
  for (const [one, most] of cases) rows.push(await measure(one, most));
  for (const row of rows) console.log(row.map((cell, at) => (at === 0 ? cell.padEnd(28) : cell.padStart(11))).join(""));
} finally {
  await miniflare.dispose();
  rmSync(state, { recursive: true, force: true, maxRetries: 5 });
}
