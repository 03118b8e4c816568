// An email provider with the HTTP API of Resend, and with its bad days.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/** What goes wrong with a request. */
export type Fault =
  | "down" // the connection is cut before anything is read
  | "slow" // accepted, but no answer comes
  | "lost" // accepted, but the connection is cut before the answer
  | 429
  | 500
  | 422;

export interface Sent {
  id: string;
  key: string | undefined;
  from: string;
  to: string[];
  subject: string;
  text: string;
  html: string;
}

export interface Attempt {
  key: string | undefined;
  authorization: string | undefined;
  fault: Fault | undefined;
  body: string;
}

export class Provider {
  /** Messages that reached their addressees: one for each idempotency key. */
  readonly sent: Sent[] = [];
  /** Every request whose body arrived, refused ones too. */
  readonly attempts: Attempt[] = [];
  readonly #faults: Fault[] = [];
  #always: Fault | undefined;
  #address = "";
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch(() => response.destroy());
  });

  static async start(): Promise<Provider> {
    const provider = new Provider();
    provider.#server.listen(0, "127.0.0.1");
    await once(provider.#server, "listening");
    const address = provider.#server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    provider.#address = `http://127.0.0.1:${address.port}`;
    return provider;
  }

  /** The Worker's settings for this provider. */
  get vars(): Record<string, string> {
    return { EMAIL_TRANSPORT: "resend", RESEND_BASE_URL: this.#address, RESEND_API_KEY: "re_synthetic" };
  }

  /** The next requests go wrong, one fault each. */
  failNext(...faults: Fault[]): void {
    this.#faults.push(...faults);
  }

  /** Every request goes wrong from now on; `undefined` ends that. */
  failAlways(fault: Fault | undefined): void {
    this.#always = fault;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fault = this.#faults.shift() ?? this.#always;
    if (fault === "down") {
      request.socket.destroy();
      return;
    }
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts).toString("utf8");
    const header = request.headers["idempotency-key"];
    const key = Array.isArray(header) ? header[0] : header;
    this.attempts.push({ key, authorization: request.headers.authorization, fault, body });
    if (request.method !== "POST" || request.url !== "/emails") {
      return reply(response, 404, { name: "not_found", message: "no such endpoint" });
    }
    if (request.headers.authorization !== "Bearer re_synthetic") {
      return reply(response, 401, { name: "missing_api_key", message: "no key" });
    }
    if (typeof fault === "number") {
      if (fault === 429) response.setHeader("retry-after", "1");
      return reply(response, fault, { name: "synthetic", message: "as the test asked" });
    }
    const id = this.#accept(key, body);
    if (id === undefined) {
      return reply(response, 409, { name: "invalid_idempotent_request", message: "other bytes, same key" });
    }
    if (fault === "lost") {
      request.socket.destroy();
    } else if (fault !== "slow") {
      reply(response, 200, { id });
    }
  }

  /** Sends unless the key was seen; `undefined` where it was seen with other bytes. */
  #accept(key: string | undefined, body: string): string | undefined {
    const before = key === undefined ? undefined : this.#bodies.get(key);
    if (before !== undefined) return before.body === body ? before.id : undefined;
    const message = JSON.parse(body) as Omit<Sent, "id" | "key" | "to"> & { to: string | string[] };
    const id = `synthetic-${this.sent.length + 1}`;
    this.sent.push({ ...message, to: [message.to].flat(), id, key });
    if (key !== undefined) this.#bodies.set(key, { body, id });
    return id;
  }

  readonly #bodies = new Map<string, { body: string; id: string }>();
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
