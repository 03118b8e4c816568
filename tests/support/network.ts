// A network between browser and server that can be cut, slowed down, and made to answer otherwise.
import { createServer, request, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";

export class Network {
  /** `cut`: no connection; `slow`: pages never arrive; everything else passes. */
  state: "good" | "cut" | "slow" = "good";
  /** Is told everything that arrives: method, address, headers and body, whoever in the browser asked. */
  heard: (request: string) => void = () => {};
  /** Changes the body of an answer by its path. */
  rewrite: (path: string, body: string) => string = (_, body) => body;
  readonly #proxy: HttpServer;
  readonly url: string;

  private constructor(proxy: HttpServer) {
    this.#proxy = proxy;
    this.url = `http://localhost:${(proxy.address() as AddressInfo).port}`;
  }

  static async start(target: string): Promise<Network> {
    const proxy = createServer((asked, answered) => {
      const path = asked.url ?? "/";
      const isPage = !/\.\w+$/.test(path);
      if (network.state === "cut") return asked.socket.destroy();
      if (network.state === "slow" && isPage) return undefined;
      const body: Buffer[] = [];
      asked.on("data", (part: Buffer) => body.push(part));
      asked.on("end", () => {
        network.heard(`${asked.method} ${path}\n${asked.rawHeaders.join("\n")}\n\n${Buffer.concat(body).toString()}`);
      });
      const headers = { ...asked.headers, "accept-encoding": "identity" };
      const sent = request(new URL(path, target), { method: asked.method, headers }, (answer) => {
        const parts: Buffer[] = [];
        answer.on("data", (part: Buffer) => parts.push(part));
        answer.on("end", () => {
          const body = Buffer.concat(parts);
          const isText = /javascript|html/.test(answer.headers["content-type"] ?? "");
          const changed = isText ? Buffer.from(network.rewrite(path, body.toString())) : body;
          const { "content-length": _, "transfer-encoding": __, etag: ___, ...rest } = answer.headers;
          answered.writeHead(answer.statusCode ?? 502, rest).end(changed);
        });
      });
      sent.on("error", () => asked.socket.destroy());
      asked.pipe(sent);
      return undefined;
    });
    await new Promise<void>((resolve) => proxy.listen(0, "localhost", resolve));
    const network = new Network(proxy);
    return network;
  }

  /** Cuts or mends; open connections do not survive a cut. */
  set(state: Network["state"]): void {
    this.state = state;
    if (state !== "good") this.#proxy.closeAllConnections();
  }

  async stop(): Promise<void> {
    this.#proxy.closeAllConnections();
    await new Promise((resolve) => this.#proxy.close(resolve));
  }
}
