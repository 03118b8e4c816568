// A stand-in for Cloudflare Turnstile: the widget's script and the validation of its tokens, at an
// address of its own, as a third party has.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/** What a validation was asked with. */
export type Asked = Record<string, string>;

/** Solves at once, as Turnstile does for most people; the token says for which action. */
const SCRIPT = `window.turnstile = {
  render(place, options) {
    if (!options.sitekey || !options.action) throw new Error("no key or action");
    place.textContent = "widget " + options.action + " " + options.language;
    setTimeout(() => options.callback("token." + options.action + "." + Math.random()), 0);
  },
};`;

export class Turnstile {
  readonly asked: Asked[] = [];
  /** Requests for the widget's script. */
  scripts = 0;
  /** The next validations are cut off after they were counted. */
  lose = 0;
  hostname = "localhost";
  #address = "";
  readonly #used = new Map<string, string>();
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch(() => response.destroy());
  });

  static async start(): Promise<Turnstile> {
    const fake = new Turnstile();
    fake.#server.listen(0, "localhost");
    await once(fake.#server, "listening");
    const address = fake.#server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    fake.#address = `http://localhost:${address.port}`;
    return fake;
  }

  get url(): string {
    return this.#address;
  }

  /** The Worker's settings for it. */
  get vars(): Record<string, string> {
    return {
      CAPTCHA: "turnstile",
      TURNSTILE_SITE_KEY: "synthetic-site-key",
      TURNSTILE_SECRET: "synthetic-secret",
      TURNSTILE_BASE_URL: this.#address,
    };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? "/", this.#address);
    if (pathname === "/turnstile/v0/api.js") {
      this.scripts += 1;
      // Without this header the frame's `cross-origin-resource-policy` would not matter; with it
      // the stand-in is as open as the real one.
      response.writeHead(200, { "content-type": "text/javascript", "cross-origin-resource-policy": "cross-origin" });
      response.end(SCRIPT);
      return;
    }
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const asked = Object.fromEntries(new URLSearchParams(Buffer.concat(parts).toString()));
    this.asked.push(asked);
    const { response: token = "", idempotency_key: key = "" } = asked;
    const first = this.#used.get(token) ?? key;
    this.#used.set(token, first);
    if (this.lose > 0) {
      this.lose -= 1;
      response.destroy();
      return;
    }
    const [name, action] = token.split(".");
    const errors = [];
    if (asked["secret"] !== "synthetic-secret") errors.push("invalid-input-secret");
    if (name !== "token") errors.push("invalid-input-response");
    // The same question under the same key has the same answer; any other use is a second one.
    if (first !== key) errors.push("timeout-or-duplicate");
    const body = { success: errors.length === 0, hostname: this.hostname, action, "error-codes": errors };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  }
}
