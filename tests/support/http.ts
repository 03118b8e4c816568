// Requests to the byte, which `fetch` would forbid, mend or refuse to send; and what every
// answer of the API must look like.
import assert from "node:assert/strict";
import { Agent, request, type IncomingHttpHeaders } from "node:http";
import { type Problem } from "./api.ts";

/** Many connections at once, each used again. */
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

export interface RawRequest {
  method: string;
  path: string;
  headers?: Record<string, string | string[]>;
  body?: string | Uint8Array;
}

export interface RawAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** Sends exactly this. */
export async function send(url: string, { method, path, headers = {}, body }: RawRequest): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, agent, headers: { ...length, ...headers } }, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("error", reject);
      answer.on("end", () => {
        const text = Buffer.concat(parts).toString("utf8");
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text });
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Sends a JSON body, or the text as it is. */
export async function post(
  url: string,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<RawAnswer> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return send(url, { method: "POST", path, headers: { "content-type": "application/json", ...headers }, body: text });
}

/** The headers of requirements 3.4.1 to 3.4.6, 3.4.8 and 14.3.2 of ASVS 5.0. */
export function assertSafeHeaders({ headers }: RawAnswer, what: string, caching: "no-store" | "public" = "no-store"): void {
  const age = Number(/max-age=(\d+)/.exec(headers["strict-transport-security"] ?? "")?.[1] ?? 0);
  assert.ok(age >= 31_536_000, `${what}: HSTS for a year`);
  assert.match(headers["strict-transport-security"] ?? "", /includeSubDomains/, what);
  const policy = String(headers["content-security-policy"]);
  for (const part of ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"]) {
    assert.ok(policy.includes(part), `${what}: ${part} in ${policy}`);
  }
  assert.ok(!policy.includes("unsafe-inline") && !policy.includes("unsafe-eval"), what);
  assert.equal(headers["x-content-type-options"], "nosniff", what);
  assert.equal(headers["referrer-policy"], "no-referrer", what);
  assert.equal(headers["cross-origin-opener-policy"], "same-origin", what);
  assert.equal(headers["cross-origin-resource-policy"], "same-origin", what);
  assert.equal((headers["cache-control"] ?? "").split(",")[0], caching, what);
  assert.equal(headers["access-control-allow-origin"], undefined, `${what}: no CORS`);
}

/** Fails where the answer is not this problem document, with the headers of every answer. */
export function assertProblem(answer: RawAnswer, status: number, slug: string, what: string): Problem {
  assert.equal(answer.status, status, `${what}: ${answer.text.slice(0, 300)}`);
  assert.equal(answer.headers["content-type"], "application/problem+json", what);
  const problem = JSON.parse(answer.text) as Problem;
  assert.equal(problem.type.replace(/^.*[/:]/, ""), slug, `${what}: ${answer.text}`);
  assert.equal(problem.status, status, what);
  assert.ok(problem.title.length > 0, what);
  if (status === 429 || status === 503) {
    assert.match(answer.headers["retry-after"] ?? "", /^[1-9]\d*$/, `${what}: Retry-After`);
  }
  if (status === 405) assert.ok(answer.headers.allow, `${what}: Allow`);
  assertSafeHeaders(answer, what);
  return problem;
}

/** `field: code` of each field error, in their order. */
export function fieldErrors(problem: Problem): string[] {
  return (problem.errors ?? []).map(({ field, code }) => `${field}: ${code}`);
}
