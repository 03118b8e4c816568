// The browser's solver (app/workers/captcha.ts), run in Node: both ways of deriving, both modes.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { buildSync } from "esbuild";
import { brotliCompressSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import vm from "node:vm";
import { type Challenge, Ours } from "./ours.ts";

type Reply = { type: string; fraction?: number; payload?: string; reason?: string };

let ours: Ours;
let code: string;

before(() => {
  ours = new Ours();
  const file = fileURLToPath(new URL("../../app/workers/captcha.ts", import.meta.url));
  const built = buildSync({
    entryPoints: [file], bundle: true, minify: true, format: "iife", target: "es2019", write: false,
  });
  code = built.outputFiles[0]!.text;
});
after(() => ours.stop());

/** Runs the script in a fresh global scope, as a worker or as a page, with or without WebCrypto. */
function start(mode: "worker" | "page", subtle: object | null = crypto.subtle): {
  post: (challenge: unknown) => void;
  stop: () => void;
  replies: Reply[];
  settled: Promise<Reply>;
} {
  const replies: Reply[] = [];
  let settle: (reply: Reply) => void;
  const settled = new Promise<Reply>((resolve) => (settle = resolve));
  const hear = (reply: Reply): void => {
    // A copy: the original's prototype belongs to the other scope.
    replies.push({ ...reply });
    if (reply.type !== "progress") settle({ ...reply });
  };
  const scope: Record<string, any> = vm.createContext({
    performance, setTimeout, btoa,
    crypto: { subtle },
    ...(mode === "worker" ? { WorkerGlobalScope: Object, postMessage: hear } : {}),
  });
  vm.runInContext(code, scope);
  if (mode === "worker") {
    return { post: (challenge) => scope.onmessage({ data: { challenge } }), stop() {}, replies, settled };
  }
  const solver = new scope.CaptchaSolver();
  solver.onmessage = (event: { data: Reply }) => hear(event.data);
  return {
    post: (challenge) => solver.postMessage({ challenge }),
    stop: () => solver.terminate(),
    replies,
    settled,
  };
}

for (const mode of ["worker", "page"] as const) {
  const failing = { importKey: () => Promise.reject(new Error("no such algorithm")) };
  for (const [way, subtle] of [
    ["with the browser's PBKDF2", crypto.subtle],
    ["where the browser has none", null],
    ["where the browser's fails", failing],
  ] as const) {
    const name = `${mode}, ${way}`;
    test(`a challenge is solved and accepted in a ${name}`, async () => {
      const solver = start(mode, subtle);
      const challenge = await ours.issue("session");
      solver.post(challenge);
      const reply = await solver.settled;
      assert.equal(reply.type, "solved", reply.reason);
      const verdict = await ours.verify(reply.payload!, "session");
      assert.equal(verdict.nonce, challenge.parameters.nonce, verdict.rejected);
    });
  }
}

test("progress rises and stays a fraction", async () => {
  const solver = start("page", null);
  // Unsolvable, so that there is progress to tell: 0.3 s of work.
  const challenge = await ours.issue();
  challenge.parameters.keyPrefix = "0".repeat(32);
  challenge.parameters.data.max = 299;
  solver.post(challenge);
  await solver.settled;
  const fractions = solver.replies.flatMap((reply) => reply.fraction ?? []);
  assert.deepEqual(fractions, fractions.toSorted((a, b) => a - b));
  assert.ok(fractions.length > 0);
  assert.ok(fractions.every((fraction) => fraction > 0 && fraction <= 1));
});

test("on the page's own thread other work goes on in between", async () => {
  const solver = start("page", null);
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  const challenge = await ours.issue();
  // Unsolvable, so that all of it is worked through: at least 0.1 s.
  challenge.parameters.keyPrefix = "0".repeat(32);
  challenge.parameters.data.max = 99;
  const begun = performance.now();
  solver.post(challenge);
  const reply = await solver.settled;
  clearInterval(timer);
  assert.deepEqual(reply, { type: "failed", reason: "exhausted" });
  const slices = (performance.now() - begun) / 50;
  assert.ok(ticks > slices, `${ticks} timer ticks in ${slices * 50} ms`);
});

test("a later challenge replaces an earlier one", async () => {
  const solver = start("page");
  const [first, second] = [await ours.issue("email", 3), await ours.issue()];
  solver.post(first);
  solver.post(second);
  const reply = await solver.settled;
  const solved = JSON.parse(atob(reply.payload!)) as { challenge: Challenge };
  assert.equal(solved.challenge.parameters.nonce, second.parameters.nonce);
  assert.equal(solver.replies.filter((r) => r.type === "solved").length, 1);
});

test("a stopped solver says nothing more", async () => {
  const solver = start("page");
  solver.post(await ours.issue());
  solver.stop();
  await new Promise((resolve) => setTimeout(resolve));
  solver.post(await ours.issue());
  await solver.settled;
  assert.equal(solver.replies.filter((r) => r.type !== "progress").length, 1);
});

test("what is not a challenge fails at once with a reason", async () => {
  const good = await ours.issue();
  const broken = (changes: object): object => ({ ...good, parameters: { ...good.parameters, ...changes } });
  for (const challenge of [
    undefined, null, 5, {}, { parameters: null }, broken({ algorithm: "SHA-256" }), broken({ cost: 0 }),
    broken({ nonce: good.parameters.nonce.slice(1) }), broken({ salt: "zz" }), broken({ keyPrefix: "" }),
    broken({ data: undefined }), broken({ keyLength: 16 }),
  ]) {
    const solver = start("worker");
    solver.post(challenge);
    assert.deepEqual(await solver.settled, { type: "failed", reason: "malformed" }, JSON.stringify(challenge));
  }
});

test("the script is at most 3 KB with brotli", () => {
  const size = brotliCompressSync(code).length;
  assert.ok(size <= 3072, `${size} bytes`);
});
