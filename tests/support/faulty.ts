// A provider's HTTP server with its bad days; what it takes and says is its subclass's.
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

export abstract class FaultyServer {
  readonly #faults: Fault[] = [];
  #always: Fault | undefined;
  #address = "";
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch(() => response.destroy());
  });

  static async start<T extends FaultyServer>(this: new () => T): Promise<T> {
    const provider = new this();
    await provider.#listen();
    return provider;
  }

  async #listen(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    this.#address = `http://127.0.0.1:${address.port}`;
  }

  /** Where it listens, without a closing slash. */
  protected get address(): string {
    return this.#address;
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
    this.take(request, Buffer.concat(parts).toString("utf8"), response, fault);
  }

  /** A request whose body arrived; ends with {@link settle} where it is accepted. */
  protected abstract take(request: IncomingMessage, body: string, response: ServerResponse, fault: Fault | undefined): void;

  /** Answers what was accepted, unless the answer is what goes wrong. */
  protected settle(request: IncomingMessage, response: ServerResponse, fault: Fault | undefined, status: number, body: unknown): void {
    if (fault === "lost") {
      request.socket.destroy();
    } else if (fault !== "slow") {
      reply(response, status, body);
    }
  }
}

export function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
