// Requests that pretend: to come from our own page, from another host, from another network.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { member } from "../support/api.ts";
import { captcha } from "../support/captcha.ts";
import { assertProblem, post, send } from "../support/http.ts";
import { Provider } from "../support/provider.ts";
import { Server, until } from "../support/server.ts";

let provider: Provider;
let server: Server;
let url: string;

before(async () => {
  provider = await Provider.start();
  server = await Server.start({ vars: { ...provider.vars, CAPTCHA_COST: 1, LIMIT_IP_MINUTE: 0 } });
  url = server.url;
});
after(async () => {
  // First: it holds this process even where the server never started.
  await provider.stop();
  await server.stop();
});

const UNSAFE: [string, string][] = [
  ["POST", "/api/v1/recoveries"],
  ["POST", "/api/v1/recoveries/00000000000000000000000000/resend"],
  ["POST", "/api/v1/recoveries/00000000000000000000000000/code"],
  ["POST", "/api/v1/recoveries/link"],
  ["POST", "/api/v1/recoveries/disown"],
  ["POST", "/api/v1/password"],
  ["POST", "/api/v1/session"],
  ["DELETE", "/api/v1/session"],
];

test("an unsafe call from another site is refused before it is read", async () => {
  for (const [method, path] of UNSAFE) {
    for (const headers of [
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: "http://localhost" },
      { origin: `${url}.evil.example` },
      { origin: `${url}/` },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "cross-site", origin: url },
    ] as Record<string, string>[]) {
      const all = { "content-type": "application/json", ...headers };
      const answer = await send(url, { method, path, headers: all, body: method === "POST" ? "{" : "" });
      assertProblem(answer, 403, "cross-site", `${method} ${path} ${JSON.stringify(headers)}`);
    }
  }
});

test("our own page may call, and so may a client that is no browser", async () => {
  for (const [method, path] of UNSAFE) {
    const ours = { origin: url, "sec-fetch-site": "same-origin" };
    for (const headers of [ours, { "sec-fetch-site": "none" }, {}] as Record<string, string>[]) {
      const all = { "content-type": "application/json", ...headers };
      const answer = await send(url, { method, path, headers: all, body: method === "POST" ? "{" : "" });
      if (method === "POST") assertProblem(answer, 400, "malformed-json", `${path} ${JSON.stringify(headers)}`);
      else assert.equal(answer.status, 204);
    }
  }
});

test("a safe call leaks nothing to another site: no CORS header, and no preflight is granted", async () => {
  const headers = { origin: "https://evil.example", "access-control-request-method": "POST" };
  for (const [method, path] of [["GET", "/api/v1/session"], ["GET", "/api/v1/config"], ["OPTIONS", "/api/v1/recoveries"]] as const) {
    const answer = await send(url, { method, path, headers });
    const cors = Object.keys(answer.headers).filter((name) => name.startsWith("access-control-"));
    assert.deepEqual(cors, [], `${method} ${path}`);
  }
});

test("no header moves the links of a message to another host", async () => {
  let k = 10;
  for (const headers of [
    { host: "evil.example" },
    { host: "localhost:1" },
    { "x-forwarded-host": "evil.example", "x-forwarded-proto": "https", "x-forwarded-port": "1" },
    { forwarded: "host=evil.example;proto=https" },
    { "x-original-host": "evil.example", "x-host": "evil.example", "x-http-host-override": "evil.example" },
    { "x-original-url": "https://evil.example/", "x-rewrite-url": "https://evil.example/" },
    { referer: "https://evil.example/" },
  ] as Record<string, string>[]) {
    const { identifier, email } = member(k++);
    const body = { identifier, email, locale: "vi", captcha: await captcha(url, "email") };
    const answer = await post(url, "/api/v1/recoveries", body, headers);
    assert.equal(answer.status, 202, JSON.stringify(headers));
    assert.ok(!JSON.stringify(answer.headers).includes("evil.example"));
    const mail = await until(`mail to ${email}`, async () => {
      await server.sweep();
      return provider.sent.find(({ to }) => to.includes(email));
    });
    const links = [...`${mail.text}\n${mail.html}`.matchAll(/https?:\/\/[^\s"'<>]+/g)].map(([link]) => link);
    assert.ok(links.length >= 4, mail.text);
    for (const link of links) assert.equal(new URL(link).origin, url, JSON.stringify(headers));
    assert.ok(!mail.text.includes("evil") && !mail.html.includes("evil"));
  }
});

test("writes per minute are counted by the address that the platform tells, and by no other header", async () => {
  await using limited = await Server.start({ vars: { CAPTCHA_COST: 1, LIMIT_IP_MINUTE: 3 } });
  const write = (headers: Record<string, string>) => post(limited.url, "/api/v1/recoveries/link", { token: "x" }, headers);
  const statuses: number[] = [];
  // Seven writes fall into two minutes at most: one minute holds four or more.
  for (let written = 0; written < 7; written++) {
    const answer = await write({
      "cf-connecting-ip": "192.0.2.9",
      "x-forwarded-for": `203.0.113.${written}`,
      "x-real-ip": `203.0.113.${written}`,
      "true-client-ip": `203.0.113.${written}`,
    });
    if (answer.status === 429) assertProblem(answer, 429, "too-many-requests", "friction");
    else assertProblem(answer, 410, "link-spent", "friction");
    statuses.push(answer.status);
  }
  assert.ok(statuses.includes(429), String(statuses));
  assertProblem(await write({ "cf-connecting-ip": "192.0.2.10" }), 410, "link-spent", "another network");
  // Reading is not counted.
  for (let read = 0; read < 5; read++) {
    const headers = { "cf-connecting-ip": "192.0.2.9" };
    assert.equal((await send(limited.url, { method: "GET", path: "/api/v1/config", headers })).status, 200);
  }
});
