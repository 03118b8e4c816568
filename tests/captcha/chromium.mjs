// Chromium over its debugging pipe, for measuring inside workers: Playwright cannot slow a
// worker's CPU, because throttling is set per target and it hides the workers' sessions.
import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--no-first-run", "--remote-debugging-pipe",
];

/** Starts Chromium; `send(method, params, session)` and `on(method, listener)` speak CDP. */
export async function launch(executable = process.env.CHROMIUM ?? "/usr/bin/chromium") {
  const profile = await mkdtemp(join(tmpdir(), "captcha-chromium-"));
  const child = spawn(executable, [...FLAGS, `--user-data-dir=${profile}`], {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
  });
  const gone = new Promise((resolve) => child.once("exit", resolve));
  const [, , , to, from] = child.stdio;
  const waiting = new Map();
  const listeners = [];
  let last = 0;
  let rest = Buffer.alloc(0);

  from.on("data", (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (let end; (end = rest.indexOf(0)) >= 0; rest = rest.subarray(end + 1)) {
      const message = JSON.parse(rest.subarray(0, end).toString());
      const pending = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.error) pending?.reject(new Error(message.error.message));
      else if (pending) pending.resolve(message.result);
      else for (const listener of listeners) listener(message);
    }
  });

  function send(method, params = {}, sessionId = undefined) {
    const id = ++last;
    to.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  }

  /** Opens a page and returns its session. */
  async function open(url) {
    const { targetId } = await send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
    await send("Page.enable", {}, sessionId);
    const loaded = new Promise((resolve) => {
      listeners.push((m) => m.sessionId === sessionId && m.method === "Page.loadEventFired" && resolve());
    });
    await send("Page.navigate", { url }, sessionId);
    await loaded;
    return sessionId;
  }

  /** The value of an expression or promise in a page or worker. */
  async function evaluate(session, expression) {
    const { result, exceptionDetails } = await send(
      "Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true }, session,
    );
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  /** Nanoseconds of processor time by thread of all pages and workers: Linux only. */
  async function processorTimes() {
    const { processInfo } = await send("SystemInfo.getProcessInfo");
    const times = new Map();
    for (const { type, id } of processInfo) {
      if (type !== "renderer") continue;
      for (const thread of await readdir(`/proc/${id}/task`)) {
        const stat = await readFile(`/proc/${id}/task/${thread}/schedstat`, "utf8").catch(() => "");
        if (stat) times.set(thread, Number(stat.split(" ")[0]));
      }
    }
    return times;
  }

  async function close() {
    await send("Browser.close").catch(() => {});
    await gone;
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }

  return { send, on: (listener) => listeners.push(listener), open, evaluate, processorTimes, close };
}
