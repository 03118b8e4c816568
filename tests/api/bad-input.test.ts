// Every bad input to every call gets a 4xx problem document with the headers of every
// answer; never a 500, and nothing is spent by it.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { member, startRecovery } from "../support/api.ts";
import { captcha } from "../support/captcha.ts";
import { query } from "../support/database.ts";
import { assertProblem, assertSafeHeaders, fieldErrors, post, send } from "../support/http.ts";
import { Server } from "../support/server.ts";

interface Call {
  method: "POST";
  path: string;
  /** A body of the right shape; what it says is wrong. */
  body: Record<string, string>;
  /** What that body is answered. */
  answer: [number, string];
  optional?: string[];
}

let server: Server;
let url: string;
let calls: Call[];

before(async () => {
  server = await Server.start({ vars: { CAPTCHA_COST: 1, LIMIT_IP_MINUTE: 0, LIMIT_CODE_RECOVERY: 0 } });
  url = server.url;
  const { body } = await startRecovery(url, member(1).identifier, member(1).email);
  const secret = "A".repeat(43);
  const token = `${body.recovery}.${secret}`;
  calls = [
    {
      method: "POST",
      path: "/api/v1/recoveries",
      body: { identifier: "9000000002", email: "tv2@example.vn", captcha: "e30=", locale: "vi" },
      answer: [403, "captcha-rejected"],
    },
    {
      method: "POST",
      path: `/api/v1/recoveries/${body.recovery}/resend`,
      body: { captcha: "e30=" },
      answer: [403, "captcha-rejected"],
    },
    {
      method: "POST",
      path: `/api/v1/recoveries/${body.recovery}/code`,
      body: { code: "2222-2222" },
      answer: [422, "code-rejected"],
    },
    { method: "POST", path: "/api/v1/recoveries/link", body: { token }, answer: [410, "link-spent"] },
    { method: "POST", path: "/api/v1/recoveries/disown", body: { token }, answer: [204, ""] },
    {
      method: "POST",
      path: "/api/v1/password",
      body: { ticket: secret, password: "mot mat khau dai va la" },
      answer: [410, "ticket-spent"],
    },
    {
      method: "POST",
      path: "/api/v1/session",
      body: { identifier: "9000000003", password: "khong phai mat khau", captcha: "e30=" },
      answer: [403, "captcha-rejected"],
      optional: ["captcha"],
    },
  ];
});
after(() => server.stop());

/** Runs `check` for each call. */
async function each(check: (call: Call) => Promise<void>): Promise<void> {
  assert.equal(calls.length, 7);
  for (const call of calls) await check(call);
}

test("a body of the right shape is read (so that the other tests test what they say)", async () => {
  await each(async ({ path, body, answer: [status, slug] }) => {
    const answer = await post(url, path, body);
    if (status < 300) assert.equal(answer.status, status, path);
    else assertProblem(answer, status, slug, path);
  });
});

test("a field of a wrong type is named", async () => {
  await each(async ({ path, body }) => {
    for (const field of Object.keys(body)) {
      for (const value of [0, 1.5, -1, true, false, null, [], {}, ["x"], { code: "x" }]) {
        const what = `${path} ${field}: ${JSON.stringify(value)}`;
        const problem = assertProblem(await post(url, path, { ...body, [field]: value }), 422, "invalid-input", what);
        assert.deepEqual(fieldErrors(problem), [`${field}: wrong-type`], what);
      }
    }
  });
});

test("a missing field is named, and all of them when all are missing", async () => {
  await each(async ({ path, body, optional = [] }) => {
    const required = Object.keys(body).filter((field) => !optional.includes(field));
    for (const field of required) {
      const rest = Object.fromEntries(Object.entries(body).filter(([name]) => name !== field));
      const problem = assertProblem(await post(url, path, rest), 422, "invalid-input", `${path} ${field}`);
      assert.deepEqual(fieldErrors(problem), [`${field}: missing`], path);
    }
    const problem = assertProblem(await post(url, path, {}), 422, "invalid-input", path);
    assert.deepEqual(fieldErrors(problem).toSorted(), required.map((field) => `${field}: missing`).toSorted());
  });
});

test("an unknown field is refused, and its name repeated only where it is plain", async () => {
  await each(async ({ path, body }) => {
    for (const [name, repeated] of [
      ["extra", "extra"],
      ["__proto__", "__proto__"],
      ["Code", "Code"],
      ["<script>alert(1)</script>", ""],
      ["a\r\nSet-Cookie: a=b", ""],
      ["\u0000", ""],
      ["x".repeat(500), ""],
    ] as const) {
      const text = `${JSON.stringify(body).slice(0, -1)},${JSON.stringify(name)}:"x"}`;
      const problem = assertProblem(await post(url, path, text), 422, "invalid-input", `${path} ${name}`);
      assert.deepEqual(fieldErrors(problem), [`${repeated}: unknown-field`], path);
    }
  });
});

test("a field given twice is refused", async () => {
  await each(async ({ path, body }) => {
    const [[name, value] = ["", ""]] = Object.entries(body);
    const text = `${JSON.stringify(body).slice(0, -1)},${JSON.stringify(name)}:${JSON.stringify(value)}}`;
    const problem = assertProblem(await post(url, path, text), 422, "invalid-input", path);
    assert.deepEqual(fieldErrors(problem), [`${name}: duplicate`], path);
  });
});

test("JSON that is no object is refused", async () => {
  await each(async ({ path, body }) => {
    const listed = JSON.stringify(Object.values(body));
    for (const text of [listed, "[]", `[${JSON.stringify(body)}]`, "null", "1", "true", '"x"', "-0.5"]) {
      const problem = assertProblem(await post(url, path, text), 422, "invalid-input", `${path} ${text}`);
      assert.deepEqual(fieldErrors(problem), [": not-an-object"], path);
    }
  });
});

test("what is no JSON is refused, broken UTF-8 and half characters too", async () => {
  await each(async ({ path, body }) => {
    const json = JSON.stringify(body);
    const latin1 = Buffer.from(json.replace('"}', 'ế"}'), "utf8");
    latin1[latin1.length - 4] = 0xff;
    const junk: (string | Uint8Array)[] = [
      "",
      " ",
      "{",
      json.slice(0, -1),
      `${json}${json}`,
      `${json},`,
      `\uFEFF${json}`,
      json.replaceAll('"', "'"),
      json.replace("}", ",}"),
      "NaN",
      "undefined",
      '{"code":1e999}',
      '{"code":"\\ud800"}',
      '{"code":"a\nb"}',
      "[".repeat(10_000),
      `{"code":${"[".repeat(8_000)}`,
      `{"code":${'{"a":'.repeat(2_000)}`,
      latin1,
      Buffer.from([0xff, 0xfe, 0x00]),
      Buffer.from(json, "utf16le"),
      Buffer.from([0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d]),
    ];
    for (const [index, text] of junk.entries()) {
      const headers = { "content-type": "application/json" };
      const answer = await send(url, { method: "POST", path, headers, body: text });
      assertProblem(answer, 400, "malformed-json", `${path} junk ${index}`);
    }
  });
});

test("another content type is refused", async () => {
  await each(async ({ path, body }) => {
    const json = JSON.stringify(body);
    for (const headers of [
      {},
      { "content-type": "text/plain" },
      { "content-type": "application/x-www-form-urlencoded" },
      { "content-type": "multipart/form-data; boundary=x" },
      { "content-type": "application/jsonp" },
      { "content-type": "text/json" },
      { "content-type": "application/json; charset=utf-16" },
      { "content-type": "application/json", "content-encoding": "gzip" },
      { "content-type": "\u00ff\u00fe" },
    ] as Record<string, string>[]) {
      const answer = await send(url, { method: "POST", path, headers, body: json });
      assertProblem(answer, 415, "wrong-content-type", `${path} ${JSON.stringify(headers)}`);
    }
  });
});

test("a body above 16 KB is refused, however it is sent", async () => {
  await each(async ({ path, body }) => {
    const [name = ""] = Object.keys(body);
    const large = (size: number) => JSON.stringify({ ...body, [name]: "x".repeat(size) });
    for (const size of [16 * 1024, 1024 * 1024]) {
      assertProblem(await post(url, path, large(size)), 413, "too-large", `${path} ${size}`);
    }
    // In pieces, without saying how much will come.
    const headers = { "content-type": "application/json", "transfer-encoding": "chunked" };
    const piecewise = await send(url, { method: "POST", path, headers, body: large(1024 * 1024) });
    assertProblem(piecewise, 413, "too-large", `${path} chunked`);
    // Not JSON, and not said to be.
    const raw = await send(url, { method: "POST", path, body: Buffer.alloc(1024 * 1024, 0xff) });
    assertProblem(raw, 413, "too-large", `${path} raw`);
  });
});

test("a text that is too long for its field is refused", async () => {
  await each(async ({ path, body }) => {
    for (const field of Object.keys(body)) {
      if (field === "locale") continue;
      const answer = await post(url, path, { ...body, [field]: "9".repeat(8 * 1024 + 1) });
      const problem = assertProblem(answer, 422, "invalid-input", `${path} ${field}`);
      assert.deepEqual(fieldErrors(problem), [`${field}: too-long`], path);
    }
  });
});

test("any text of up to 8 KB is a wrong answer to the captcha, not wrong input", async () => {
  await each(async ({ path, body }) => {
    if (!("captcha" in body)) return;
    const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64");
    for (const text of [
      "",
      " ",
      "x",
      "\u0000\r\n",
      "%%%",
      "x".repeat(8 * 1024),
      base64(null),
      base64([]),
      base64({ challenge: null, solution: {} }),
      base64({ challenge: { parameters: {}, signature: "" }, solution: { counter: 0, derivedKey: "" } }),
      base64({ algorithm: "SHA-256", challenge: "00", number: 0, salt: "?expires=9999999999&", signature: "00" }),
    ]) {
      assertProblem(await post(url, path, { ...body, captcha: text }), 403, "captcha-rejected", `${path} ${text}`);
    }
  });
});

test("line breaks and control characters in a field lead nowhere", async () => {
  await each(async ({ path, body, answer: [expected] }) => {
    for (const field of Object.keys(body)) {
      for (const added of ["\r\nBcc: a@example.vn", "\nX-Header: y", "\u0000", "\u0008", "\u2028", "\u202e", "\ud83d\ude00"]) {
        const what = `${path} ${field} ${JSON.stringify(added)}`;
        const answer = await post(url, path, { ...body, [field]: `${body[field]}${added}` });
        assert.ok(answer.status === expected || (answer.status >= 400 && answer.status < 500), `${what}: ${answer.status}`);
        if (answer.status >= 400) assert.equal(answer.headers["content-type"], "application/problem+json", what);
        assert.equal(answer.headers["x-header"], undefined, what);
        assert.ok(!answer.text.includes("Bcc"), what);
        assertSafeHeaders(answer, what);
      }
    }
  });
  const email = "tv2@example.vn\r\nBcc: a@example.vn";
  const body = { identifier: "9000000002", email, captcha: await captcha(url, "email"), locale: "vi" };
  const problem = assertProblem(await post(url, "/api/v1/recoveries", body), 422, "invalid-input", "email");
  assert.deepEqual((problem.errors ?? []).map(({ field }) => field), ["email"]);
});

test("a query where none is read, and a bad one where one is, are refused", async () => {
  const bad = ["x=1", "%ff", "a=%ff", "a=%0d%0aX:y", "a=%00", "form=%C0%AF", "%", "a=%zz", "form=email&form=email"];
  const paths: [string, string][] = [
    ["GET", "/api/v1/health"],
    ["GET", "/api/v1/config"],
    ["GET", "/api/v1/openapi.json"],
    ["GET", "/api/v1/captcha"],
    ["GET", "/api/v1/session"],
    ["DELETE", "/api/v1/session"],
    ...calls.map(({ method, path }): [string, string] => [method, path]),
  ];
  for (const [method, path] of paths) {
    for (const text of bad) {
      const answer = await send(url, { method, path: `${path}?${text}` });
      assertProblem(answer, 422, "invalid-input", `${method} ${path}?${text}`);
    }
  }
  for (const text of ["", "form=", "form=Email", "form=email%20", "form=desk", "form=email%00", "form=%ff",
    "form=email&level=9", "form=email&level=-1", "form=email&level=1e0", "form=email&x=1", "form[]=email"]) {
    const answer = await send(url, { method: "GET", path: `/api/v1/captcha?${text}` });
    assertProblem(answer, 422, "invalid-input", text);
  }
});

test("identifiers, emails, codes and locales that cannot be are named before anything is spent", async () => {
  const spent = () => query(server, "SELECT count(*) AS n FROM captcha_nonce")[0]?.["n"];
  const before = spent();
  const good = { identifier: "9000000002", email: "tv2@example.vn", locale: "vi", captcha: await captcha(url, "email") };
  for (const [field, values] of [
    ["identifier", ["", " ", "1", "900000000", "90000000021", "900000000a", "9".repeat(200), "9000000002;--", "९०००००००००२"]],
    ["email", ["", "a", "a@", "@b", "a b@example.vn", "a@b@c.vn", "a@example..vn", `${"a".repeat(400)}@example.vn`]],
    ["locale", ["", "fr", "VI", "vi-VN", "vi\n"]],
  ] as const) {
    for (const value of values) {
      const what = `${field}: ${JSON.stringify(value)}`;
      const problem = assertProblem(await post(url, "/api/v1/recoveries", { ...good, [field]: value }), 422, "invalid-input", what);
      assert.deepEqual((problem.errors ?? []).map((error) => error.field), [field], what);
    }
  }
  const all = { ...good, identifier: "1", email: "a", locale: "fr" };
  const problem = assertProblem(await post(url, "/api/v1/recoveries", all), 422, "invalid-input", "all");
  assert.deepEqual((problem.errors ?? []).map(({ field }) => field).toSorted(), ["email", "identifier", "locale"]);
  assert.equal(spent(), before, "no captcha was spent");
  assert.equal((await post(url, "/api/v1/recoveries", good)).status, 202, "the same captcha still works");

  const [row] = query(server, "SELECT tries FROM recovery ORDER BY created_at LIMIT 1");
  const path = calls.find((call) => call.path.endsWith("/code"))?.path ?? "";
  for (const code of ["", "2", "2222-222", "2222-22222", "2222-222U", "2222_2222", "２２２２-２２２!"]) {
    assertProblem(await post(url, path, { code }), 422, "invalid-input", code);
  }
  assert.deepEqual(query(server, "SELECT tries FROM recovery ORDER BY created_at LIMIT 1"), [row], "no try was taken");
});

test("the server never logged an error of its own", () => {
  assert.doesNotMatch(server.log(), /"status":5\d\d|"event":"unavailable"|panicked|unreachable/);
});
