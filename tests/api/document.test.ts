// The service's own description, and whether the router does what it says.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { call, member, SEEDED_PASSWORD } from "../support/api.ts";
import { assertProblem, assertSafeHeaders, send } from "../support/http.ts";
import { Server } from "../support/server.ts";

interface Operation {
  operationId: string;
  responses: Record<string, unknown>;
  requestBody?: { content: Record<string, { schema: { properties?: object; additionalProperties?: boolean } }> };
}
type Document = { openapi: string; paths: Record<string, Record<string, Operation>> };

let server: Server;
let url: string;
let openapi: Document;

before(async () => {
  server = await Server.start({ vars: { CAPTCHA_COST: 1, LIMIT_IP_MINUTE: 0 } });
  url = server.url;
  openapi = (await call<Document>(url, "GET", "/api/v1/openapi.json")).body;
});
after(() => server.stop());

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"];

/** The path with something in place of its parameters. */
function concrete(path: string): string {
  return path.replaceAll(/\{[^}]+\}/g, "00000000000000000000000000");
}

test("health says that it works, and which version this is", async () => {
  const answer = await call<{ status: string; version: string }>(url, "GET", "/api/v1/health");
  assert.equal(answer.status, 200);
  assert.equal(answer.body.status, "ok");
  assert.match(answer.body.version, /^\d+\.\d+\.\d+/);
});

test("config says what a page must know, and nothing that is secret", async () => {
  const { status, body } = await call<Record<string, unknown>>(url, "GET", "/api/v1/config");
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(body).toSorted(), ["captcha", "channels", "limits", "mode"]);
  assert.equal(body["mode"], "service");
  assert.ok((body["channels"] as string[]).includes("email"));
  assert.deepEqual(body["captcha"], { kind: "altcha" });
  assert.deepEqual(body["limits"], {
    code_seconds: 600,
    link_seconds: 600,
    ticket_seconds: 900,
    code_attempts: 5,
    dispatches_hour: 3,
    dispatches_day: 6,
    password_min: 8,
    password_max: 256,
  });
});

test("the document names every call of the email channel and of the directory", () => {
  assert.match(openapi.openapi, /^3\.1\./);
  for (const [method, path] of [
    ["get", "/api/v1/health"],
    ["get", "/api/v1/config"],
    ["get", "/api/v1/openapi.json"],
    ["get", "/api/v1/captcha"],
    ["post", "/api/v1/recoveries"],
    ["post", "/api/v1/recoveries/{recovery}/resend"],
    ["post", "/api/v1/recoveries/{recovery}/code"],
    ["post", "/api/v1/recoveries/link"],
    ["post", "/api/v1/recoveries/disown"],
    ["post", "/api/v1/password"],
    ["post", "/api/v1/session"],
    ["get", "/api/v1/session"],
    ["delete", "/api/v1/session"],
    ["get", "/api/v1/offices"],
    ["get", "/api/v1/offices/{id}"],
    ["get", "/api/v1/wards"],
  ] as const) {
    assert.ok(openapi.paths[path]?.[method], `${method} ${path}`);
  }
});

test("every documented call is answered, every other method is refused with the ones there are", async () => {
  for (const [path, item] of Object.entries(openapi.paths)) {
    for (const method of METHODS) {
      const what = `${method} ${path}`;
      const answer = await send(url, { method, path: concrete(path) });
      // HEAD comes with GET, but not where an address may hold a text: tests/sms/providers.
      if (method === "HEAD" && path.startsWith("/api/v1/sms/")) {
        assert.equal(answer.status, 405, what);
        continue;
      }
      const documented = item[method === "HEAD" ? "get" : method.toLowerCase()];
      if (documented === undefined) {
        assert.equal(answer.status, 405, what);
        if (method !== "HEAD") assertProblem(answer, 405, "method-not-allowed", what);
        const allowed = (answer.headers.allow ?? "").split(",").map((one) => one.trim().toLowerCase());
        const mayHoldAText = path.startsWith("/api/v1/sms/");
        const said = Object.keys(item).flatMap((one) => (one === "get" && !mayHoldAText ? ["get", "head"] : [one]));
        assert.deepEqual(allowed.toSorted(), said.toSorted(), `${what}: Allow`);
        continue;
      }
      assert.notEqual(answer.status, 405, what);
      assert.ok(answer.status < 500, `${what}: ${answer.status}`);
      assert.ok(String(answer.status) in documented.responses, `${what}: ${answer.status} is not documented`);
      // What the directory knows is public; everything else is somebody's.
      const isPublic = /^\/api\/v1\/(offices|wards)/.test(path) && answer.status === 200;
      assertSafeHeaders(answer, what, isPublic ? "public" : "no-store");
    }
  }
});

test("an answer to HEAD has the headers of GET and no body", async () => {
  for (const path of ["/api/v1/health", "/api/v1/config", "/api/v1/captcha?form=email", "/api/v1/session", "/api/v1/offices?q=ba+dinh"]) {
    const [head, get] = [await send(url, { method: "HEAD", path }), await send(url, { method: "GET", path })];
    assert.equal(head.status, get.status, path);
    assert.equal(head.text, "", path);
    assert.equal(head.headers["content-type"], get.headers["content-type"], path);
  }
});

test("a call reads exactly the fields that its schema names", () => {
  for (const [path, item] of Object.entries(openapi.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const schema = operation.requestBody?.content["application/json"]?.schema;
      if (schema?.properties === undefined) continue;
      assert.equal(schema.additionalProperties, false, `${method} ${path}`);
    }
  }
  const fields = (path: string) =>
    Object.keys(openapi.paths[path]?.["post"]?.requestBody?.content["application/json"]?.schema.properties ?? {});
  assert.deepEqual(fields("/api/v1/recoveries").toSorted(), ["captcha", "email", "identifier", "locale"]);
  assert.deepEqual(fields("/api/v1/recoveries/{recovery}/resend"), ["captcha"]);
  assert.deepEqual(fields("/api/v1/recoveries/{recovery}/code"), ["code"]);
  assert.deepEqual(fields("/api/v1/recoveries/link"), ["token"]);
  assert.deepEqual(fields("/api/v1/recoveries/disown"), ["token"]);
  assert.deepEqual(fields("/api/v1/password").toSorted(), ["password", "ticket"]);
  assert.deepEqual(fields("/api/v1/session").toSorted(), ["captcha", "identifier", "password"]);
});

test("a problem is told in the language asked for", async () => {
  const title = async (headers: Record<string, string>) => {
    const answer = await send(url, { method: "GET", path: "/api/v1/session", headers });
    const problem = assertProblem(answer, 401, "not-signed-in", JSON.stringify(headers));
    return [answer.headers["content-language"], problem.title];
  };
  const [vi, en] = [await title({}), await title({ "accept-language": "en-GB,vi;q=0.5" })];
  assert.equal(vi[0], "vi");
  assert.equal(en[0], "en");
  assert.notEqual(vi[1], en[1]);
  // A body's own locale counts more than the browser's.
  const body = JSON.stringify({ identifier: "x", email: "x", captcha: "x", locale: "en" });
  const headers = { "content-type": "application/json", "accept-language": "vi" };
  const answer = await send(url, { method: "POST", path: "/api/v1/recoveries", headers, body });
  assert.equal(answer.headers["content-language"], "en");
});

test("answers that a person waits for come with the headers of every answer", async () => {
  const { identifier } = member(1);
  const body = JSON.stringify({ identifier, password: SEEDED_PASSWORD });
  const headers = { "content-type": "application/json" };
  const signedIn = await send(url, { method: "POST", path: "/api/v1/session", headers, body });
  assert.equal(signedIn.status, 200);
  assertSafeHeaders(signedIn, "sign-in");
  assert.equal(signedIn.headers["content-type"], "application/json");
});
