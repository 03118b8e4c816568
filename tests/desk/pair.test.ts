// The desk as a Worker of its own beside the site's: one address, and what is away when it is away.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { call, member, startRecovery } from "../support/api.ts";
import { assertProblem, assertSafeHeaders, send, type RawAnswer } from "../support/http.ts";
import { hand, head } from "../support/letter.ts";
import { mailsTo, secretsIn } from "../support/mail.ts";
import { Server, until } from "../support/server.ts";

const WRONG = JSON.stringify({ case_number: "HS-0000-0000", lookup_code: "0000-0000-0000-0000" });
const OF_DESK = ["/ho-so", "/ho-so/case.js", "/en/ho-so", "/ban-lam-viec", "/en/ban-lam-viec", "/ban-lam-viec/desk.css"];

interface Document {
  paths: Record<string, unknown>;
  components: { schemas: Record<string, unknown> };
}

const lookUp = (server: Server, headers: Record<string, string> = {}): Promise<RawAnswer> =>
  send(server.url, {
    method: "POST",
    path: "/api/v1/cases/status",
    headers: { "content-type": "application/json", ...headers },
    body: WRONG,
  });
const channels = async (server: Server): Promise<string[]> =>
  (await call<{ channels: string[] }>(server.url, "GET", "/api/v1/config")).body.channels;
const document = async (server: Server): Promise<Document> =>
  (await call<Document>(server.url, "GET", "/api/v1/openapi.json")).body;

describe("with its desk", () => {
  let server: Server;
  before(async () => {
    server = await Server.start({ vars: { LIMIT_IP_MINUTE: 2 } });
  });
  after(() => server?.stop());

  test("calls and pages of both are at one address", async () => {
    assert.ok((await channels(server)).includes("desk"));
    for (const path of OF_DESK) {
      const { status, headers } = await send(server.url, { method: "GET", path });
      assert.equal(status, path.endsWith("ban-lam-viec") ? 401 : 200, path);
      assert.equal(headers["x-content-type-options"], "nosniff", path);
    }
  });

  test("the document names the calls of both, and every schema they speak of", async () => {
    const { paths, components } = await document(server);
    for (const path of ["/api/v1/recoveries", "/api/v1/offices", "/api/v1/cases", "/api/v1/desk/me"]) {
      assert.ok(paths[path] !== undefined, path);
    }
    const named = JSON.stringify(paths).matchAll(/#\/components\/schemas\/(\w+)/g);
    for (const [, name] of named) assert.ok(components.schemas[name ?? ""] !== undefined, name);
    const head = await send(server.url, { method: "HEAD", path: "/api/v1/openapi.json" });
    assert.deepEqual([head.status, head.text], [200, ""]);
  });

  test("the desk sees from which network a call comes", async () => {
    const from = (address: string) => lookUp(server, { "cf-connecting-ip": address });
    const statuses: number[] = [];
    for (let n = 0; n < 3; n += 1) statuses.push((await from("192.0.2.1")).status);
    assert.deepEqual(statuses, [404, 404, 429]);
    assert.equal((await from("198.51.100.1")).status, 404);
  });

  test("the office is found by a ward's old or new name, and comes chosen from its own page", async () => {
    const chosen = (html: string) => /<option value="([^"]+)" selected>/.exec(html)?.[1];
    const find = (place: string, address: string) =>
      send(server.url, {
        method: "POST",
        path: "/ho-so/tim",
        headers: { "content-type": "application/x-www-form-urlencoded", "cf-connecting-ip": address },
        body: new URLSearchParams({ place }).toString(),
      });
    for (const [n, place] of ["phuong ba dinh", "Phường Điện Biên, quận Ba Đình", "bhxh dong da"].entries()) {
      const { status, text } = await find(place, `203.0.113.${n + 1}`);
      assert.equal(status, 200, place);
      assert.equal(chosen(text), "bhxh-tp-ha-noi", place);
      assert.match(text, /Đã chọn:/, place);
    }
    assert.equal(chosen((await find("thanh pho da nang", "203.0.113.9")).text), "bhxh-tp-da-nang");
    for (const [n, place] of ["xã không có thật", "", "<script>"].entries()) {
      const { status, text } = await find(place, `203.0.113.${n + 10}`);
      assert.equal(status, 200, place);
      assert.doesNotMatch(text, /Đã chọn:|<script>"/, place);
      assert.equal(chosen(text), undefined, place);
    }
    for (const [office, expected] of [["bhxh-tp-da-nang", "bhxh-tp-da-nang"], ["ha-noi-dong-da", "bhxh-tp-ha-noi"], ["khong-co", undefined]]) {
      const { status, text } = await send(server.url, { method: "GET", path: `/ho-so?office=${office}` });
      assert.deepEqual([status, chosen(text)], [200, expected], office);
    }
    // No field is filled from an address: what a page does not know it leaves alone.
    const other = await send(server.url, { method: "GET", path: "/ho-so?name=canary-name" });
    assert.equal(other.status, 200);
    assert.doesNotMatch(other.text, /canary-name/);
  });

  test("an address of the desk that nobody has is unknown in the site's own way", async () => {
    const page = await send(server.url, { method: "GET", path: "/ho-so/khong-co" });
    assert.equal(page.status, 404);
    assert.match(page.text, /<main/);
    assertProblem(await send(server.url, { method: "GET", path: "/api/v1/cases/khong-co" }), 404, "not-found", "call");
  });

  test("a page's address is read with whatever others have hung on it, and no office is chosen for anybody", async () => {
    const { status, text } = await send(server.url, { method: "GET", path: "/ho-so?fbclid=x&utm_source=zalo" });
    assert.equal(status, 200);
    assert.match(text, /<select[^>]* name="office"><option value="">/);
    assert.doesNotMatch(text, / selected>/);
    const slash = await send(server.url, { method: "GET", path: "/ho-so/?office=bhxh-tp-ha-noi" });
    assert.deepEqual([slash.status, slash.headers.location], [307, "/ho-so?office=bhxh-tp-ha-noi"]);
  });
});

test("without a desk its calls and pages are unknown addresses, and nobody is led to it", async () => {
  await using server = await Server.start({ desk: "none" });
  assert.ok(!(await channels(server)).includes("desk"));
  for (const path of OF_DESK) {
    const { status, text, headers } = await send(server.url, { method: "GET", path });
    assert.equal(status, 404, path);
    assert.match(text, /<main/, path);
    assert.match(String(headers["content-security-policy"]), /default-src 'none'/, path);
  }
  assertProblem(await lookUp(server), 404, "not-found", "call");
  assertProblem(await send(server.url, { method: "GET", path: "/api/v1/desk/me" }), 404, "not-found", "staff");
  const { paths } = await document(server);
  assert.ok(paths["/api/v1/recoveries"] !== undefined && paths["/api/v1/cases"] === undefined);
  assert.match((await hand(server, `${head()}\r\nthư`)).refused ?? "", /No such address/);
});

for (const [how, source] of [
  ["breaks", "export default { fetch() { throw new Error('chi tiết bên trong'); } };"],
  ["answers nothing", "export default { fetch: undefined };"],
] as const) {
  test(`while the desk's Worker ${how} the site works, and says of the desk that it is away`, async () => {
    const broken = mkdtempSync(join(tmpdir(), "chiakhoa-test-desk-"));
    writeFileSync(join(broken, "entry.js"), source);
    try {
      await using server = await Server.start({ desk: broken, sweepSeconds: 1, vars: { CAPTCHA_COST: 1 } });
      assert.equal((await call(server.url, "GET", "/api/v1/health")).status, 200);
      const { status, text, headers } = await send(server.url, { method: "GET", path: "/ho-so" });
      assert.equal(status, 503);
      assert.match(String(headers["content-type"]), /^text\/html/);
      assert.match(text, /Hãy bấm nút Quay lại.*href="\/tong-dai"/s);
      assert.doesNotMatch(text, /chi tiết/);
      const away = await lookUp(server);
      assertProblem(away, 503, "try-again", "call");
      assertSafeHeaders(away, "call");
      assert.ok(Number(away.headers["retry-after"]) > 0);
      assert.ok((await document(server)).paths["/api/v1/recoveries"] !== undefined);
      // A letter is not refused for good: it will come again.
      await assert.rejects(hand(server, `${head()}\r\nthư`), /^Error: 5/);

      // "This was not me" takes effect, and is not said to be all that there is to do.
      const { identifier, email } = member(7);
      const started = await startRecovery(server.url, identifier, email);
      const [mail] = await until("the mail", async () => {
        const found = await mailsTo(server, email);
        return found.length > 0 ? found : undefined;
      });
      const { code, disown } = secretsIn(mail?.text ?? "");
      const token = disown.split("#")[1];
      const told = await call(server.url, "POST", "/api/v1/recoveries/disown", { token });
      assert.equal(told.status, 503);
      const redeemed = await call(server.url, "POST", `/api/v1/recoveries/${started.body.recovery}/code`, { code });
      assert.equal(redeemed.status, 410);
    } finally {
      rmSync(broken, { recursive: true, force: true });
    }
  });
}
