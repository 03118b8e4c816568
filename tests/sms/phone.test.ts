// The phone that `cargo xtask dev` brings: it works, it is nobody else's, and no release has it.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { call, member } from "../support/api.ts";
import { captcha } from "../support/captcha.ts";
import { send } from "../support/http.ts";
import { root, Server, until } from "../support/server.ts";
import { codeIn } from "../support/texts.ts";

let server: Server;
let phone: string;
before(async () => {
  server = await Server.start({ vars: { CAPTCHA_COST: 1, LIMIT_IP_MINUTE: 0 } });
  phone = await server.phone();
});
after(() => server?.stop());

interface Message {
  way: "in" | "out";
  phone: string;
  text: string;
}

async function text(from: string, body: string): Promise<{ status: number; reply: string | null }> {
  const answer = await fetch(`${phone}/send`, { method: "POST", body: JSON.stringify({ from, text: body }) });
  assert.equal(answer.status, 200);
  return (await answer.json()) as { status: number; reply: string | null };
}

async function messages(): Promise<Message[]> {
  return (await (await fetch(`${phone}/messages`)).json()) as Message[];
}

test("a newcomer's minute: a text, its reply, a new password, the notice on the same phone", async () => {
  const { identifier, phone: number } = member(1);
  const { status, reply } = await text("0900 000 001", `BH MK ${identifier}`);
  assert.equal(status, 200);
  const { locator, code } = codeIn(reply ?? undefined);
  const located = { locator, captcha: await captcha(server.url, "email") };
  const { recovery } = (await call<{ recovery: string }>(server.url, "POST", "/api/v1/sms-codes", located)).body;
  const granted = await call<{ ticket: string }>(server.url, "POST", `/api/v1/recoveries/${recovery}/code`, { code });
  const password = "hoang anh bay ve to am xua";
  assert.equal((await call(server.url, "POST", "/api/v1/password", { ticket: granted.body.ticket, password })).status, 204);
  const notice = await until("the notice", async () => {
    await server.sweep();
    return (await messages()).find(({ text }) => /da doi/.test(text));
  });
  assert.equal(notice.phone, `+84${number.slice(1)}`);
  assert.deepEqual((await messages()).map(({ way }) => way), ["out", "in", "in"]);
});

test("the keyword and the number are read without a space between them too", async () => {
  for (const [n, body] of [
    [23, "BHMK9000000023"],
    [24, "bhmk9000000024"],
    [25, "BHMK 9000000025"],
    [26, "BH MK9000000026"],
    [27, "Bhmk 9000 000 027."],
  ] as const) {
    const { status, reply } = await text(member(n).phone, body);
    assert.equal(status, 200, body);
    assert.match(reply ?? "", /^\(THU\) Ma: [0-9A-Z-]{14} /, body);
  }
  // What lacks the number is told so, and what begins otherwise how to begin.
  assert.match((await text(member(28).phone, "BHMK")).reply ?? "", /Chua doc duoc so/);
  assert.match((await text(member(28).phone, "MK 9000000028")).reply ?? "", /soan: BH MK/);
});

test("what gets no reply is said to get none", async () => {
  assert.deepEqual(await text("8079", "BH MK 9000000001"), { status: 200, reply: null });
});

test("pages of other sites cannot text with it or read it", async () => {
  const port = new URL(phone).port;
  for (const [method, path, headers] of [
    ["POST", "/send", { origin: "https://evil.example" }],
    ["POST", "/send", { origin: "null" }],
    ["GET", "/messages", { host: `evil.example:${port}` }],
    ["GET", "/", { host: `evil.example:${port}` }],
  ] as [string, string, Record<string, string>][]) {
    const answer = await send(phone, { method, path, headers, ...(method === "POST" ? { body: "{}" } : {}) });
    assert.equal(answer.status, 403, `${method} ${path}`);
  }
  const outgoing = await send(phone, { method: "POST", path: "/2010-04-01/Accounts/AC00000000000000000000000000000000/Messages.json", body: "To=x" });
  assert.equal(outgoing.status, 401);
});

/** Every file of the artefacts that are deployed. */
function deployed(): string[] {
  return ["dist", "edge/build"].flatMap((directory) =>
    readdirSync(join(root, directory), { recursive: true, encoding: "utf8" })
      .map((name) => join(root, directory, name))
      .filter((file) => statSync(file).isFile()),
  );
}

test("no release has it: neither its page nor its addresses", async () => {
  const page = readFileSync(join(root, "xtask/src/phone/page.html"), "utf8");
  const [, title = ""] = /<title>([^<]+)<\/title>/.exec(page) ?? [];
  assert.ok(title.length > 10);
  const files = deployed();
  assert.ok(files.length > 30);
  for (const file of files) {
    const content = readFileSync(file).toString("utf8");
    for (const mark of [title, "Điện thoại thử", "cargo xtask dev"]) assert.ok(!content.includes(mark), `${mark} in ${file}`);
  }
  for (const [method, path] of [
    ["POST", "/send"],
    ["GET", "/messages"],
    ["POST", "/api/v1/sms/dev"],
    ["GET", "/api/v1/sms/dev"],
    ["GET", "/phone"],
  ] as const) {
    const answer = await send(server.url, { method, path, ...(method === "POST" ? { body: "{}" } : {}) });
    assert.ok([404, 405].includes(answer.status), `${method} ${path}: ${answer.status}`);
  }
});
