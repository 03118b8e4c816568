// A server of one test file's own: `cargo xtask dev` on a free port and a state of its own,
// serving the artefacts that the build before the tests left.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

export const root = resolve(import.meta.dirname, "../..");

export interface ServerOptions {
  /** Limits and settings of the Worker, by their names in the contract. */
  vars?: Record<string, string | number>;
  /** Seconds between two sweeps; 0 (the default) leaves them to {@link Server.sweep}. */
  sweepSeconds?: number;
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
    const port = await freePort();
    const state = options.state ?? mkdtempSync(join(tmpdir(), "chiakhoa-test-"));
    const vars = { ...options.vars, SWEEP_SECONDS: options.sweepSeconds ?? 0 };
    const words = ["dev", "--no-build", "--port", String(port), "--state", state];
    for (const [name, value] of Object.entries(vars)) words.push("--var", `${name}=${value}`);
    const child = spawn(xtask(), words, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    const output: string[] = [];
    const ready = new Promise<void>((resolve, reject) => {
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        output.push(text);
        if (output.join("").includes("ready: ")) resolve();
      });
      child.stderr.setEncoding("utf8").on("data", (text: string) => output.push(text));
      child.on("error", reject);
      child.on("exit", (code) => reject(new Error(`the server ended (${code}):\n${output.join("")}`)));
    });
    const late = wait(START, undefined, { ref: false }).then(() => {
      throw new Error(`no server after ${START} ms:\n${output.join("")}`);
    });
    // Whatever ends this process must not leave a server behind.
    const kill = () => child.kill("SIGTERM");
    process.once("exit", kill);
    child.once("exit", () => process.removeListener("exit", kill));
    try {
      await Promise.race([ready, late]);
    } catch (error) {
      kill();
      throw error;
    }
    return new Server(`http://localhost:${port}`, state, child, output, options.state !== undefined);
  }

  /** Runs the scheduled work once, to its end. */
  async sweep(): Promise<void> {
    const answer = await fetch(`${this.url}/cdn-cgi/handler/scheduled`);
    if (!answer.ok) throw new Error(`the scheduled work answered ${answer.status}`);
    await answer.text();
  }

  /** What the server printed, wrangler's log included. */
  log(): string {
    const file = join(this.state, "wrangler.log");
    return this.#output.join("") + (existsSync(file) ? readFileSync(file, "utf8") : "");
  }

  /** Ends the server as a crash would: at once, its state kept. */
  async crash(): Promise<void> {
    await this.#end("SIGTERM");
  }

  async stop(): Promise<void> {
    await this.#end("SIGTERM");
    if (!this.#keep) rmSync(this.state, { recursive: true, force: true, maxRetries: 5 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill(signal);
    await ended;
  }
}

/** The program itself: what runs the tests, or what `cargo xtask` built last. */
export function xtask(): string {
  const target = resolve(root, process.env["CARGO_TARGET_DIR"] || "target");
  return process.env["XTASK"] ?? join(target, "debug/xtask");
}

/** A port nobody listens at. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
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
