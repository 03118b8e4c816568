// Who is believed at the desk: tokens made with `jose`, good ones and hostile ones.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { exportJWK, exportSPKI, SignJWT, UnsecuredJWT } from "jose";
import { call, slug } from "../support/api.ts";
import { Issuer, publicJwk, signingKey } from "../support/desk.ts";
import { Server } from "../support/server.ts";

const EMAIL = "can-bo-2@example.vn";
let issuer: Issuer;
let server: Server;

before(async () => {
  issuer = await Issuer.start();
  server = await Server.start({ vars: { ...issuer.vars(), LIMIT_IP_MINUTE: 0 } });
});
after(async () => {
  await server?.stop();
  issuer?.stop();
});

const me = (token: string) =>
  call<Record<string, string>>(server.url, "GET", "/api/v1/desk/me", undefined, { "cf-access-jwt-assertion": token });

test("a good token says who its bearer is, in the header or in Access's cookie", async () => {
  const token = await issuer.token(EMAIL);
  const answer = await me(token);
  assert.deepEqual([answer.status, answer.body], [200, { staff: "cb2", role: "officer", office: "bhxh-tp-ha-noi" }]);
  const cookie = { cookie: `CF_Authorization=${token}` };
  assert.equal((await call(server.url, "GET", "/api/v1/desk/me", undefined, cookie)).status, 200);
  assert.match(answer.headers.get("cache-control") ?? "", /no-store/);
});

test("whoever Access knows and the table does not is no staff", async () => {
  const answer = await me(await issuer.token("ai-do@example.vn"));
  assert.deepEqual([answer.status, slug(answer)], [403, "not-allowed"]);
});

test("no hostile token is believed, and all get the same answer", async () => {
  const theirs = await signingKey("k1");
  const now = Math.floor(Date.now() / 1000);
  const claims = issuer.claims(EMAIL);
  const own = issuer.current;
  const sign = (
    changed: Record<string, unknown> = {},
    header: Record<string, unknown> = {},
    key = own,
  ): Promise<string> =>
    new SignJWT({ ...claims, ...changed })
      .setProtectedHeader({ alg: "RS256", kid: key.kid, ...header } as never)
      .sign(key.privateKey);
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const capitals = `${encode({ alg: "NONE", kid: own.kid })}.${encode(claims)}.`;
  const pem = await exportSPKI(own.publicKey);
  const hmac = (secret: string | Buffer): Promise<string> =>
    new SignJWT(claims).setProtectedHeader({ alg: "HS256", kid: own.kid }).sign(Buffer.from(secret));
  const good = await sign();
  const [head, body, signature] = good.split(".") as [string, string, string];
  const modulus = Buffer.from((await exportJWK(own.publicKey)).n ?? "", "base64url");
  const hostile: Record<string, string> = {
    "no algorithm": new UnsecuredJWT(claims).encode(),
    "no algorithm, in capitals": capitals,
    "HS256 with the public key's PEM": await hmac(pem),
    "HS256 with the public key's modulus": await hmac(modulus),
    "expired": await sign({ exp: now - 1 }),
    "not yet valid": await sign({ nbf: now + 3_600 }),
    "issued in the future": await sign({ iat: now + 3_600 }),
    "without an end": await sign({ exp: undefined }),
    "for another application": await sign({ aud: ["khac"] }),
    "for no application": await sign({ aud: [] }),
    "of another issuer": await sign({ iss: "https://xau.example.vn" }),
    "of an unknown key": await sign({}, { kid: "k9" }),
    "of another key under a known id": await sign({}, {}, theirs),
    "with its own key in the header": await sign({}, { jwk: await publicJwk(theirs) }, theirs),
    "with the address of a key set": await sign({}, { jku: "https://xau.example.vn/keys" }, theirs),
    "with the address of a certificate": await sign({}, { x5u: "https://xau.example.vn/cert" }, theirs),
    "with a certificate": await sign({}, { x5c: ["MIIB"] }, theirs),
    "without a key id": await sign({}, { kid: undefined }),
    "without a person": await sign({ email: undefined }),
    "with other claims than were signed": `${head}.${encode({ ...claims, email: "giam-sat@example.vn" })}.${signature}`,
    "with a cut signature": `${head}.${body}.${signature.slice(0, -8)}`,
    "without a signature": `${head}.${body}.`,
    "in two parts": `${head}.${body}`,
    "in four parts": `${good}.x`,
    "with padding": `${head}=.${body}.${signature}`,
    "of nothing": "",
    "too long": `${head}.${"A".repeat(9_000)}.${signature}`,
  };
  assert.ok(Object.keys(hostile).length >= 13, "thirteen kinds at least");
  const answers = new Set<string>();
  for (const [what, token] of Object.entries(hostile)) {
    const answer = await me(token);
    assert.equal(answer.status, 401, what);
    answers.add(JSON.stringify(answer.body));
  }
  const none = await call(server.url, "GET", "/api/v1/desk/me");
  answers.add(JSON.stringify(none.body));
  assert.equal(answers.size, 1, "one answer for all reasons");
  assert.equal((await me(good)).status, 200);
  for (const token of Object.values(hostile)) {
    if (token.length > 40) assert.ok(!server.log().includes(token), "no token in the log");
  }
});

test("after a rotation the new key is believed, asked for once, and the old one no longer lives on", async () => {
  // A Worker of its own: keys are asked for at most once a minute.
  const rotating = await Issuer.start();
  await using fresh = await Server.start({ vars: { ...rotating.vars(), LIMIT_IP_MINUTE: 0 } });
  const ask = async (token: string): Promise<number> => {
    const headers = { "cf-access-jwt-assertion": token };
    return (await call(fresh.url, "GET", "/api/v1/desk/me", undefined, headers)).status;
  };
  rotating.keys = [await signingKey("k2"), rotating.current];
  assert.equal(await ask(await rotating.token(EMAIL)), 200);
  const [, old] = rotating.keys;
  assert.equal(await ask(await rotating.token(EMAIL, old)), 200, "both are in the set");
  const asked = rotating.asked;
  for (let n = 0; n < 20; n += 1) {
    const invented = { ...rotating.current, kid: `x${n}` };
    assert.equal(await ask(await rotating.token(EMAIL, invented)), 401);
  }
  assert.ok(rotating.asked <= asked + 1, "invented key ids do not make the Worker ask each time");
  rotating.stop();
});

test("who has not signed in is led to no sign-in but that of the deployment, which is elsewhere", async () => {
  const answer = await fetch(`${server.url}/ban-lam-viec`);
  assert.equal(answer.status, 401);
  assert.doesNotMatch(await answer.text(), /localhost|127\.0\.0\.1/);
});

test("every call of the desk refuses whoever is not signed in", async () => {
  const openapi = await call<{ paths: Record<string, Record<string, unknown>> }>(server.url, "GET", "/api/v1/openapi.json");
  let calls = 0;
  for (const [path, methods] of Object.entries(openapi.body.paths)) {
    if (!path.startsWith("/api/v1/desk")) continue;
    for (const method of Object.keys(methods)) {
      const at = path.replaceAll(/\{[^}]+\}/g, "00000000000000000000000000");
      const body = method === "post" ? {} : undefined;
      const answer = await call(server.url, method.toUpperCase(), at, body);
      assert.deepEqual([answer.status, slug(answer)], [401, "not-signed-in"], `${method} ${path}`);
      calls += 1;
    }
  }
  assert.ok(calls >= 7, `${calls} calls`);
});
