// Reports of broken content security policies: taken as browsers send them, bounded, and without
// a trace of what they say about people. And the answer to a trap in the WebAssembly.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertProblem, send, type RawAnswer } from "../support/http.ts";
import { workerLog } from "../support/log.ts";
import { Server, until } from "../support/server.ts";

const PATH = "/api/v1/csp-report";
const CANARY = "canary-9000000001";

let server: Server;
before(async () => {
  server = await Server.start({ contract: true });
});
after(() => server.stop());

let network = 1;

/** A report as a browser sends it, each from a network of its own. */
async function report(body: string | Uint8Array, type = "application/csp-report", from = `203.0.113.${network++}`): Promise<RawAnswer> {
  const headers = { "content-type": type, "cf-connecting-ip": from, "sec-fetch-site": "cross-site" };
  return send(server.url, { method: "POST", path: PATH, headers, body });
}

const old = JSON.stringify({
  "csp-report": {
    "document-uri": `https://khoa.example.vn/email?${CANARY}`,
    "effective-directive": "script-src-elem",
    "blocked-uri": `https://evil.example/${CANARY}.js`,
  },
});
const modern = JSON.stringify([
  { type: "csp-violation", url: `https://khoa.example.vn/${CANARY}`, body: { effectiveDirective: "style-src-attr", blockedURL: "inline" } },
  { type: "deprecation", body: { id: CANARY } },
]);

test("both kinds of report are taken, and the log holds words of ours alone", async () => {
  assert.equal((await report(old)).status, 204);
  assert.equal((await report(modern, "application/reports+json")).status, 204);
  const lines = await until("two lines", () => {
    const lines = workerLog(server).filter((line) => line.includes("csp-violation"));
    return new Set(lines).size >= 2 ? lines : undefined;
  });
  // A warning stands in the log and on the terminal.
  const told = new Set(lines.map((line) => line.slice(line.indexOf("{"), line.lastIndexOf("}") + 1)));
  const events = [...told].map((line) => JSON.parse(line) as Record<string, string>);
  assert.deepEqual(
    events.map(({ directive, blocked }) => `${directive} ${blocked}`).toSorted(),
    ["script-src-elem foreign", "style-src-attr inline"],
  );
  assert.ok(!server.log().includes(CANARY));
});

test("what is no report is refused, and so is what is too large or too much", async () => {
  for (const body of ["", "{", "[1]", "{}", new Uint8Array([0xff, 0xfe])]) {
    assertProblem(await report(body), 400, "malformed-json", String(body));
  }
  assertProblem(await report(`[${" ".repeat(17_000)}]`), 413, "too-large", "17 KB");
  let refused: RawAnswer | undefined;
  for (let sent = 0; sent < 50 && refused === undefined; sent++) {
    const answer = await report("[]", "application/reports+json", "198.51.100.9");
    if (answer.status !== 204) refused = answer;
  }
  assert.ok(refused, "a flood has an end");
  assertProblem(refused, 429, "too-many-requests", "a flood");
  assert.equal((await report("[]")).status, 204, "another network is not touched");
});

test("every page tells browsers where to report", async () => {
  for (const path of ["/", "/en/email", "/khong-co-trang-nay", "/form/email"]) {
    const { headers } = await fetch(server.url + path);
    assert.equal(headers.get("reporting-endpoints"), `csp="${PATH}"`, path);
    if (!path.startsWith("/form")) {
      assert.match(headers.get("content-security-policy") ?? "", /report-uri \/api\/v1\/csp-report; report-to csp$/, path);
    }
  }
});

for (const when of ["now", "later"]) {
  test(`a trap in the Worker is a 503 with every header and no detail, and the next call works (${when})`, async () => {
    const others = [1, 2, 3].map(() => send(server.url, { method: "GET", path: "/api/v1/health" }));
    const path = `/api/trap?when=${when}`;
    const answer = await send(server.url, { method: "GET", path, headers: { "accept-language": "en" } });
    const problem = assertProblem(answer, 503, "try-again", "a trap");
    assert.equal(problem.title, "The service does not answer right now");
    assert.doesNotMatch(answer.text, /unreachable|wasm|RuntimeError|abort/i);
    for (const other of await Promise.all(others)) assert.ok([200, 503].includes(other.status));
    await until("a new instance", async () => {
      const health = await send(server.url, { method: "GET", path: "/api/v1/health" });
      return health.status === 200 ? true : undefined;
    });
    await until("a line in the log", () => workerLog(server).some((line) => line.includes('"event":"trap"')) || undefined);
  });
}
