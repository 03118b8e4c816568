// The providers' own requests: what is signed is taken, what is not is refused, and an address
// that may hold a phone number is treated as one.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";
import { assertProblem, assertSafeHeaders, send } from "../support/http.ts";
import { query } from "../support/database.ts";
import { workerLog } from "../support/log.ts";
import { Server } from "../support/server.ts";
import {
  ESMS,
  esmsPath,
  messageId,
  ONE_PAY,
  onePayPath,
  postTwilio,
  replyOf,
  TOKEN,
  TWILIO,
  twilioFields,
  type Fields,
} from "../support/texts.ts";

const UNLIMITED = { LIMIT_SMS_SENDER_HOUR: 0, LIMIT_SMS_SENDER_DAY: 0, LIMIT_SMS_DAY: 0 };
const HOME = { "cf-connecting-ip": "203.0.113.7" };

let server: Server;
before(async () => {
  server = await Server.start({
    vars: {
      ...TWILIO,
      ...ESMS,
      ...ONE_PAY,
      ...UNLIMITED,
      SMS_PROVIDERS: "twilio,esms,1pay",
      ESMS_SOURCES: "203.0.113.0/24",
    },
  });
});
after(() => server?.stop());

/** The same numbers in every run. */
function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const LETTERS = [..."BHMKbhmk0123456789 .-/&=+%ăâđêôơưĂÂĐ\n\t'\"<>😀"];

function randomFields(random: () => number): Fields {
  const pick = (list: string[]) => list[Math.floor(random() * list.length)] ?? "";
  const word = (longest: number) => Array.from({ length: Math.floor(random() * longest) }, () => pick(LETTERS)).join("");
  const fields: Fields = twilioFields({
    from: `09${String(Math.floor(random() * 1e8)).padStart(8, "0")}`,
    body: random() < 0.5 ? `BH MK ${9_000_000_001 + Math.floor(random() * 1000)}` : word(60),
  });
  for (const name of ["FromCity", "SmsStatus", "ApiVersion", "NumSegments", "MessagingServiceSid"]) {
    if (random() < 0.6) fields[name] = word(20);
  }
  return fields;
}

/** Changes one thing that the signature covers. */
function tampered(fields: Fields, random: () => number): Fields {
  const names = Object.keys(fields);
  const name = names[Math.floor(random() * names.length)] ?? "Body";
  const changed = { ...fields };
  const way = Math.floor(random() * 4);
  if (way === 0) delete changed[name];
  else if (way === 1) changed[`${name}x`] = "";
  else if (way === 2) changed["Added"] = "1";
  else changed[name] = `${fields[name] ?? ""}0`;
  return changed;
}

test("200 requests that Twilio's own library signs are taken, and 200 tampered ones refused", async (t) => {
  const random = chance(20_261_122);
  const address = `${server.url}/api/v1/sms/twilio`;
  let taken = 0;
  let refused = 0;
  for (let round = 0; round < 200; round++) {
    const fields = randomFields(random);
    const signature = getExpectedTwilioSignature(TOKEN, address, fields);
    const [good, bad] = await Promise.all([
      postTwilio(server.url, fields, signature),
      postTwilio(server.url, tampered(fields, random), signature),
    ]);
    assert.equal(good.status, 200, `${JSON.stringify(fields)}: ${good.text}`);
    taken += 1;
    assertProblem(bad, 401, "signature-rejected", JSON.stringify(fields));
    refused += 1;
  }
  assert.equal(Number(query(server, "SELECT count(*) AS n FROM text_note")[0]?.["n"]), taken);
  t.diagnostic(`${taken} taken, ${refused} refused`);
});

test("a signature for another address, by another token, or none is refused", async () => {
  const fields = twilioFields({ from: "0900000001", body: "BH" });
  const signed = (token: string, url: string) => getExpectedTwilioSignature(token, url, fields);
  const address = `${server.url}/api/v1/sms/twilio`;
  for (const signature of [
    "",
    "AAAA",
    signed("another-token", address),
    signed(TOKEN, `${address}?`),
    signed(TOKEN, address.replace("http:", "https:")),
    signed(TOKEN, "https://evil.example/api/v1/sms/twilio"),
  ]) {
    assertProblem(await postTwilio(server.url, fields, signature), 401, "signature-rejected", signature);
  }
  // Whoever forges the Host does not choose the address that is checked.
  const elsewhere = signed(TOKEN, "https://evil.example/api/v1/sms/twilio");
  const answer = await postTwilio(server.url, fields, elsewhere, { "x-forwarded-host": "evil.example" });
  assertProblem(answer, 401, "signature-rejected", "a forged host");
});

test("eSMS's and 1pay's documented schemes are taken, in their own reply formats", async () => {
  const text = { from: "0912000001", body: "BH" };
  const esms = await send(server.url, { method: "GET", path: esmsPath(text), headers: HOME });
  assert.equal(esms.status, 200, esms.text);
  assert.match(esms.text, /^<ClientResponse><Message>\(THU\) De lay lai mat khau.*<\/Smsid><Receiver>84912000001<\/Receiver>/);
  assert.equal(esms.headers["content-type"], "text/xml; charset=utf-8");
  const pay = await send(server.url, { method: "GET", path: onePayPath(text) });
  assert.equal(pay.status, 200, pay.text);
  const { status, sms, type } = JSON.parse(pay.text) as Record<string, unknown>;
  assert.deepEqual([status, type], [1, "text"]);
  assert.match(String(sms), /^\(THU\) De lay lai mat khau/);
  for (const answer of [esms, pay]) assertSafeHeaders(answer, "an answer to a provider");
});

test("a changed field of eSMS or 1pay is refused; eSMS's sender is the documented exception", async () => {
  const text = { from: "0912000001", body: "BH" };
  const changed = (path: string, name: string, value: string) => {
    const [base = "", raw = ""] = path.split("?");
    const query = new URLSearchParams(raw);
    query.set(name, value);
    return `${base}?${query}`;
  };
  for (const [path, name, value] of [
    [esmsPath(text), "content", "BH MK 9000000001"],
    [esmsPath(text), "smsid", "other"],
    [esmsPath(text), "receiverTime", "20270115150000"],
    [onePayPath(text), "mo_message", "BH MK 9000000001"],
    [onePayPath(text), "msisdn", "84900000001"],
    [onePayPath(text), "request_id", "other"],
  ] as const) {
    const answer = await send(server.url, { method: "GET", path: changed(path, name, value), headers: HOME });
    assertProblem(answer, 401, "signature-rejected", `${name} of ${path}`);
  }
  const forged = changed(esmsPath(text), "sender", "84900000001");
  assert.equal((await send(server.url, { method: "GET", path: forged, headers: HOME })).status, 200);
});

test("eSMS is heard from its own addresses only", async () => {
  const path = esmsPath({ from: "0912000001", body: "BH" });
  for (const headers of [{}, { "cf-connecting-ip": "198.51.100.1" }, { "x-forwarded-for": "203.0.113.7" }]) {
    assertProblem(await send(server.url, { method: "GET", path, headers }), 404, "not-found", JSON.stringify(headers));
  }
  assert.equal((await send(server.url, { method: "GET", path, headers: HOME })).status, 200);
});

test("each provider has one method, and HEAD is nobody's", async () => {
  const path = esmsPath({ from: "0912000001", body: "BH" });
  const pay = onePayPath({ from: "0912000001", body: "BH" });
  for (const [method, at, allow] of [
    ["POST", path, "GET"],
    ["POST", pay, "GET"],
    ["GET", "/api/v1/sms/twilio", "POST"],
    ["HEAD", path, "GET, POST"],
    ["HEAD", pay, "GET, POST"],
    ["HEAD", "/api/v1/sms/twilio", "GET, POST"],
    ["DELETE", path, "GET, POST"],
    ["DELETE", "/api/v1/sms/twilio/receipts", "GET, POST"],
  ] as const) {
    const answer = await send(server.url, { method, path: at, headers: HOME });
    assert.equal(answer.status, 405, `${method} ${at}`);
    assert.equal(answer.headers.allow, allow, `${method} ${at}`);
  }
});

test("a provider that is not configured is no address", async () => {
  await using off = await Server.start({ vars: { ...ESMS, ...ONE_PAY, SMS_PROVIDERS: "esms", SMS_TRANSPORT: "none" } });
  const text = { from: "0912000001", body: "BH" };
  for (const path of [esmsPath(text), onePayPath(text), "/api/v1/sms/vcom?x=1"]) {
    assertProblem(await send(off.url, { method: "GET", path, headers: HOME }), 404, "not-found", path);
  }
  assertProblem(await postTwilio(off.url, twilioFields(text)), 404, "not-found", "twilio");
  assert.ok(workerLog(off).some((line) => line.includes("esms needs ESMS_SOURCES")), "the log says why");
});

test("a foreign sender, junk and a body that is too long end without a reply", async () => {
  for (const from of ["+14155550100", "8079", "", "VietinBank"]) {
    const fields = { ...twilioFields({ from: "0900000001", body: "BH MK 9000000001" }), From: from };
    assert.equal(replyOf(await postTwilio(server.url, fields)), undefined, from);
  }
  const fields = twilioFields({ from: "0900000001", body: "BH" });
  const twice = await send(server.url, {
    method: "POST",
    path: "/api/v1/sms/twilio",
    headers: { "x-twilio-signature": "x" },
    body: `${new URLSearchParams(fields)}&From=%2B84900000002`,
  });
  assertProblem(twice, 422, "invalid-input", "a field twice");
  const long = await send(server.url, {
    method: "POST",
    path: "/api/v1/sms/twilio",
    headers: { "x-twilio-signature": "x" },
    body: `Body=${"x".repeat(17_000)}`,
  });
  assertProblem(long, 413, "too-large", "17 KB");
});

test("an old text of a provider that says the time has no effect", async () => {
  const old = new Date(Date.now() - 3_600_000);
  const before = query(server, "SELECT count(*) AS n FROM recovery");
  const path = onePayPath({ from: "0900000001", body: "BH MK 9000000001" }, old);
  const answer = await send(server.url, { method: "GET", path });
  assert.deepEqual(JSON.parse(answer.text), { status: 0, sms: "", type: "text" });
  assert.deepEqual(query(server, "SELECT count(*) AS n FROM recovery"), before);
});

test("no request line tells of a text, and no line holds its address, number or words", async () => {
  const id = messageId();
  const text = { from: "0987654321", body: "BH MK 9876501234 chim hoang anh", id };
  await postTwilio(server.url, twilioFields(text));
  await postTwilio(server.url, twilioFields(text), "bad");
  await send(server.url, { method: "GET", path: esmsPath(text), headers: HOME });
  await send(server.url, { method: "GET", path: onePayPath(text).replace("signature=", "signature=0") });
  // A request of our own pages, so that the log is known to have come this far.
  await send(server.url, { method: "GET", path: "/api/v1/health" });
  const lines = workerLog(server);
  assert.ok(lines.some((line) => line.includes("/api/v1/health")));
  const all = server.log();
  assert.ok(!lines.some((line) => line.includes('"request"') && line.includes("/sms/")), "no request line");
  for (const secret of ["987654321", "9876501234", "hoang anh", "hoang+anh", id]) {
    assert.ok(!lines.join("\n").includes(secret), secret);
  }
  assert.ok(all.includes("text-refused"), "but refusals are counted");
});
