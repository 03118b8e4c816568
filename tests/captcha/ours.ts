// Our issuer and verifier (recovery/examples/altcha.rs), as a process that answers line by line.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export type Form = "email" | "case" | "session";

export type Challenge = {
  parameters: {
    algorithm: string;
    cost: number;
    data: { form: Form; key: string; level: number; max: number };
    expiresAt: number;
    keyLength: number;
    keyPrefix: string;
    keySignature: string;
    nonce: string;
    salt: string;
  };
  signature: string;
};

export type Verdict = { nonce?: string; expiresAt?: number; rejected?: string };
export type Secrets = { key: string; signature: string; keySignature: string };

/** Unix seconds. */
export const now = (): number => Math.floor(Date.now() / 1000);

export const encode = (payload: unknown): string => btoa(JSON.stringify(payload));

export class Ours {
  private readonly child = spawn(
    "cargo",
    ["run", "--quiet", "--package", "recovery", "--features", "captcha", "--example", "altcha"],
    { cwd: fileURLToPath(new URL("../..", import.meta.url)), stdio: ["pipe", "pipe", "inherit"] },
  );
  private readonly lines = createInterface(this.child.stdout)[Symbol.asyncIterator]();
  private queue: Promise<unknown> = Promise.resolve();

  private ask(request: object): Promise<never> {
    const answer = this.queue.then(async () => {
      this.child.stdin.write(`${JSON.stringify(request)}\n`);
      const { value, done } = await this.lines.next();
      if (done) throw new Error("the example ended early");
      return JSON.parse(value) as never;
    });
    this.queue = answer.catch(() => {});
    return answer;
  }

  secrets(): Promise<Secrets> {
    return this.ask({ op: "secrets" });
  }

  issue(form: Form = "email", level = 0, at = now()): Promise<Challenge> {
    return this.ask({ op: "issue", form, level, now: at, random: randomBytes(40).toString("hex") });
  }

  verify(payload: string, form: Form = "email", level = 0, at = now()): Promise<Verdict> {
    return this.ask({ op: "verify", form, level, now: at, payload });
  }

  stop(): void {
    this.child.stdin.end();
  }
}
