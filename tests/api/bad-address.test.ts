// Addresses, ids, tokens and headers that are none: a 4xx problem document each time.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { captcha } from "../support/captcha.ts";
import { assertProblem, post, send } from "../support/http.ts";
import { Server } from "../support/server.ts";

let server: Server;
let url: string;

before(async () => {
  server = await Server.start({ vars: { CAPTCHA_COST: 1, LIMIT_IP_MINUTE: 0 } });
  url = server.url;
});
after(() => server.stop());

test("an address that is none is a 404 problem, whatever the method", async () => {
  for (const path of [
    "/api/",
    "/api/v1",
    "/api/v1/",
    "/api/v2/health",
    "/api/v1/Health",
    "/api/v1/health/",
    "/api/v1//health",
    "/api/v1/recoveries/",
    "/api/v1/recoveries/x",
    "/api/v1/recoveries/x/y",
    "/api/v1/recoveries/x/code/z",
    "/api/v1/recoveries/x%2Fcode",
    "/api/v1/desk",
    "/api/v1/%ff",
    "/api/v1/%00",
    "/api/v1/health%0d%0aX:y",
    `/api/v1/${"x".repeat(4_000)}`,
  ]) {
    for (const method of ["GET", "POST", "PUT", "DELETE"]) {
      assertProblem(await send(url, { method, path }), 404, "not-found", `${method} ${path.slice(0, 80)}`);
    }
  }
});

test("a recovery's id that is malformed, unknown or of another kind is a closed recovery", async () => {
  const code = { code: "2222-2222" };
  for (const id of [
    "x",
    "-",
    "%20",
    "%00",
    "%ff",
    "%F0%9F%98%80",
    "..%2f..%2fhealth",
    "'%20OR%20'1'='1",
    "0".repeat(25),
    "0".repeat(26),
    "0".repeat(27),
    "z".repeat(26),
    "I".repeat(26),
    "0".repeat(3_000),
  ]) {
    assertProblem(await post(url, `/api/v1/recoveries/${id}/code`, code), 410, "recovery-closed", id);
    const body = { captcha: await captcha(url, "email") };
    assertProblem(await post(url, `/api/v1/recoveries/${id}/resend`, body), 410, "recovery-closed", id);
  }
});

test("a token or ticket that is none is a spent one", async () => {
  const junk = ["", ".", "x", "x.y", "'; DROP TABLE ticket; --", `${"0".repeat(26)}.`, `${"0".repeat(26)}.${"é".repeat(20)}`];
  for (const text of junk) {
    assertProblem(await post(url, "/api/v1/recoveries/link", { token: text }), 410, "link-spent", text);
    const problem = await post(url, "/api/v1/recoveries/disown", { token: text });
    assertProblem(problem, 422, "invalid-input", text);
    const body = { ticket: text, password: "mot mat khau dai va la" };
    assertProblem(await post(url, "/api/v1/password", body), 410, "ticket-spent", text);
  }
});

test("headers made of junk change nothing", async () => {
  for (const headers of [
    { "accept-language": "\u00ff;q=\u00fe" },
    { cookie: "__Host-session" },
    { cookie: `__Host-session=${"x".repeat(43)}; =; ;;;` },
    { cookie: "\u00ff=\u00ff" },
    { "cf-connecting-ip": "\u00ff" },
    { "cf-connecting-ip": "999.999.999.999" },
    { accept: "text/html" },
    { "content-length": "0" },
    { "x-http-method-override": "DELETE" },
    { range: "bytes=0-1" },
    { "if-none-match": "*" },
  ] as Record<string, string>[]) {
    const answer = await send(url, { method: "GET", path: "/api/v1/session", headers });
    assertProblem(answer, 401, "not-signed-in", JSON.stringify(headers));
  }
});

test("the server never logged an error of its own", () => {
  assert.doesNotMatch(server.log(), /"status":5\d\d|"event":"unavailable"|panicked|unreachable/);
});
