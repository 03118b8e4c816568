// An email provider with the HTTP API of Resend, and with its bad days.
import { type IncomingMessage, type ServerResponse } from "node:http";
import { FaultyServer, reply, type Fault } from "./faulty.ts";

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

export class Provider extends FaultyServer {
  /** Messages that reached their addressees: one for each idempotency key. */
  readonly sent: Sent[] = [];
  /** Every request whose body arrived, refused ones too. */
  readonly attempts: Attempt[] = [];

  /** The Worker's settings for this provider. */
  get vars(): Record<string, string> {
    return { EMAIL_TRANSPORT: "resend", RESEND_BASE_URL: this.address, RESEND_API_KEY: "re_synthetic" };
  }

  protected override take(request: IncomingMessage, body: string, response: ServerResponse, fault: Fault | undefined): void {
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
    this.settle(request, response, fault, 200, { id });
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
