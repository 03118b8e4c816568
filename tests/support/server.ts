// A server of one test file's own: `cargo xtask dev` on a free port and a state of its own,
// serving the artefacts that the build before the tests left.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

export const root = resolve(import.meta.dirname, "../..");

export interface ServerOptions {
  /** Limits and settings of the Worker, by their names in the contract. */
  vars?: Record<string, string | number>;
  /** Seconds between two sweeps; 0 (the default) leaves them to {@link Server.sweep}. */
  sweepSeconds?: number;
  /** Another Worker of the desk, by its directory; `none` leaves the desk out. */
  desk?: string;
  /** The Worker that runs the store's contract suite at `/api/contract?seed=N`. */
  contract?: boolean;
  /** Another site than `dist/`: `dist-guide`, that of a deployment that serves nobody. */
  site?: string;
  /** The state of an earlier server, kept when this one ends. */
  state?: string;
}

/** How long a server may take to start on a busy machine, ms. */
const START = 90_000;

export class Server {
  readonly url: string;
  readonly state: string;
  readonly #child: ChildProcess;
  readonly #output: string[];
  readonly #keep: boolean;

  private constructor(url: string, state: string, child: ChildProcess, output: string[], keep: boolean) {
    this.url = url;
    this.state = state;
    this.#child = child;
    this.#output = output;
    this.#keep = keep;
  }

  static async start(options: ServerOptions = {}): Promise<Server> {
    const state = options.state ?? mkdtempSync(join(tmpdir(), "chiakhoa-test-"));
    const vars = { ...options.vars, SWEEP_SECONDS: options.sweepSeconds ?? 0 };
    const words = ["dev", "--no-build", "--port", "0", "--state", state];
    if (options.contract) words.push("--contract");
    if (options.desk !== undefined) words.push("--desk", options.desk);
    if (options.site !== undefined) words.push("--site", options.site);
    for (const [name, value] of Object.entries(vars)) words.push("--var", `${name}=${value}`);
    const child = spawn(xtask(), words, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    const output: string[] = [];
    const ready = new Promise<string>((resolve, reject) => {
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        output.push(text);
        const [, url] = /^ready: (\S+)$/m.exec(output.join("")) ?? [];
        if (url !== undefined) resolve(url);
      });
      child.stderr.setEncoding("utf8").on("data", (text: string) => output.push(text));
      child.on("error", reject);
      child.on("exit", (code) => reject(new Error(`the server ended (${code}):\n${output.join("")}`)));
    });
    const late = wait(START, undefined, { ref: false }).then((): never => {
      throw new Error(`no server after ${START} ms:\n${output.join("")}`);
    });
    // Whatever ends this process must not leave a server behind.
    const kill = () => child.kill("SIGTERM");
    process.once("exit", kill);
    child.once("exit", () => process.removeListener("exit", kill));
    try {
      const url = await Promise.race([ready, late]);
      return new Server(url, state, child, output, options.state !== undefined);
    } catch (error) {
      kill();
      throw error;
    }
  }

  /** Runs the scheduled work once, to its end. */
  async sweep(): Promise<void> {
    // The desk's first, where it is a Worker of its own: what it ends now is sent now.
    const isApart = existsSync(join(this.state, "wrangler.desk.json"));
    for (const query of isApart ? ["?cron=desk", ""] : [""]) {
      const answer = await fetch(`${this.url}/cdn-cgi/handler/scheduled${query}`);
      const said = await answer.text();
      if (!answer.ok) throw new Error(`the scheduled work${query} answered ${answer.status}: ${said}`);
    }
  }

  /** The page of the phone that comes with it: texts go to it and come from it. */
  async phone(): Promise<string> {
    return until("the phone's address", () => /text messages with: (\S+)/.exec(this.#output.join(""))?.[1]);
  }

  /** What the server printed, wrangler's log included. */
  log(): string {
    const file = join(this.state, "wrangler.log");
    return this.#output.join("") + (existsSync(file) ? readFileSync(file, "utf8") : "");
  }

  /** Kills the Worker at once, whatever it is doing; a state given by the caller is kept. */
  async crash(): Promise<void> {
    const ended = once(this.#child, "exit");
    process.kill(-Number(readFileSync(join(this.state, "wrangler.group"), "utf8")), "SIGKILL");
    await ended;
  }

  async stop(): Promise<void> {
    await this.#end();
    if (!this.#keep) rmSync(this.state, { recursive: true, force: true, maxRetries: 5 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    await ended;
  }
}

/** The program itself: what runs the tests, or what `cargo xtask` built last. */
export function xtask(): string {
  const target = resolve(root, process.env["CARGO_TARGET_DIR"] || "target");
  return process.env["XTASK"] ?? join(target, "debug/xtask");
}

/** Asks `probe` again and again until it has an answer. */
export async function until<T>(
  what: string,
  probe: () => T | undefined | Promise<T | undefined>,
  timeout = 20_000,
): Promise<T> {
  const end = Date.now() + timeout;
  for (;;) {
    const answer = await probe();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`${what}: nothing within ${timeout} ms`);
    await wait(50);
  }
}
