// The case pages' forms as whoever sends them sees it: what is refused is said on a page in the
// person's language, with what was typed and a number to call; and every page is valid HTML.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { HtmlValidate } from "html-validate";
import { member } from "../support/api.ts";
import { Issuer, openCase, type Opened } from "../support/desk.ts";
import { send, type RawAnswer } from "../support/http.ts";
import { workerLog } from "../support/log.ts";
import { Server } from "../support/server.ts";

const FORMS = ["tim", "gui", "xem", "nhan", "rut", "xong", "tiep", "mat-khau"];
/** More forms a minute than any test here sends on purpose, but for the one that floods. */
const LIMIT = 12;
const WRONG = { case_number: "HS-0000-0000", lookup_code: "0000-0000-0000-0000" };

let issuer: Issuer;
let server: Server;
let opened: Opened;
let network = 0;
before(async () => {
  issuer = await Issuer.start();
  server = await Server.start({ vars: { ...issuer.vars(), CAPTCHA_COST: 1, LIMIT_IP_MINUTE: LIMIT, LIMIT_CASE_MESSAGE_DAY: 1 } });
  opened = (await openCase(server.url, 71)).body;
});
after(async () => {
  await server?.stop();
  issuer?.stop();
});

/** A network that nobody has used yet. */
const fresh = (): string => `198.18.${(network += 1) >> 8}.${network & 255}`;

function form(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<RawAnswer> {
  return send(server.url, {
    method: "POST",
    path,
    headers: { "content-type": "application/x-www-form-urlencoded", "cf-connecting-ip": fresh(), ...headers },
    body: new URLSearchParams(fields).toString(),
  });
}

/** A page for a person, whatever its status. */
function assertPage(answer: RawAnswer, status: number, what: string): void {
  assert.equal(answer.status, status, what);
  assert.match(String(answer.headers["content-type"]), /^text\/html/, what);
  assert.equal(answer.headers["cache-control"], "no-store", what);
  assert.match(String(answer.headers["content-security-policy"]), /default-src 'none'/, what);
  assert.match(answer.text, /<main/, what);
  assert.match(answer.text, /href="tel:/, what);
}

/** Sends until this network is over its limit. */
async function flood(path: string, fields: Record<string, string>): Promise<RawAnswer> {
  const headers = { "cf-connecting-ip": fresh() };
  // The count begins anew with every minute.
  for (let n = 0; n < 3 * LIMIT; n += 1) {
    const answer = await form(path, fields, headers);
    if (answer.status === 429) return answer;
  }
  throw new Error(`${path}: never too many`);
}

test("a form sent too often is given back on a page, with everything typed but a password", async () => {
  const typed = { ...WRONG, name: "Thành \"Viên\" Thử", phone: member(71).phone, message: "Mất máy\n<b>", text: "Chào", token: "a.b" };
  for (const prefix of ["/ho-so", "/en/ho-so"]) {
    for (const name of FORMS) {
      const path = `${prefix}/${name}`;
      const answer = await flood(path, { ...typed, ticket: "x", password: "mật khẩu canari" });
      assertPage(answer, 429, path);
      assert.match(String(answer.headers["retry-after"]), /^[1-9]\d*$/, path);
      assert.match(answer.text, prefix === "/ho-so" ? /Hãy thử lại sau khoảng 1 phút/ : /Try again in about 1 min/, path);
      assert.ok(answer.text.includes(`action="${path}"`), path);
      assert.ok(!answer.text.includes("canari"), path);
      if (name === "mat-khau") continue;
      for (const text of ["Thành &quot;Viên&quot; Thử", member(71).phone, "Mất máy\n&lt;b&gt;", "Chào", WRONG.lookup_code]) {
        assert.ok(answer.text.includes(`value="${text}"`), `${path}: ${text}`);
      }
    }
  }
  assert.ok(workerLog(server).some((line) => line.includes('"/ho-so/nhan"') && line.includes('"too-many-requests"')));
});

test("what a refusal says is the same whether there is such a case or not", async () => {
  const bare = (answer: RawAnswer, codes: Opened) =>
    answer.text.replaceAll(codes.case_number, "N").replaceAll(codes.lookup_code, "C");
  const [there, not] = [await flood("/ho-so/xem", { ...opened }), await flood("/ho-so/xem", WRONG)];
  assert.equal(bare(there, opened), bare(not, WRONG));
  const wrongCode = { ...opened, lookup_code: WRONG.lookup_code };
  for (const path of ["/ho-so/xem", "/en/ho-so/nhan", "/ho-so/rut"]) {
    const text = { text: "Chào" };
    const [one, other] = [await form(path, { ...wrongCode, ...text }), await form(path, { ...WRONG, ...text })];
    assertPage(one, 404, path);
    assert.equal(bare(one, wrongCode), bare(other, WRONG), path);
    assert.doesNotMatch(one.text, /<h2>(?:Chưa gửi được|Not sent)/, path);
    assert.match(one.text, /không mở được hồ sơ nào|open no case/, path);
  }
});

test("a form from another site is refused on a page that repeats nothing of it", async () => {
  for (const origin of ["https://evil.example", "null"]) {
    for (const name of FORMS) {
      const answer = await form(`/ho-so/${name}`, { ...opened, text: "của người khác" }, { origin });
      assertPage(answer, 403, name);
      assert.ok(!answer.text.includes("của người khác") && !answer.text.includes(opened.lookup_code), name);
    }
  }
});

test("a form too large, or over the day's limit, is refused on a page", async () => {
  assertPage(await form("/ho-so/nhan", { ...opened, text: "x".repeat(17_000) }), 413, "too large");
  const first = await form("/ho-so/nhan", { ...opened, text: "Lời thứ nhất" });
  assert.equal(first.status, 200);
  const second = await form("/ho-so/nhan", { ...opened, text: "Lời thứ hai <i>" });
  assertPage(second, 429, "a second message");
  assert.match(second.text, /Hãy thử lại sau khoảng 24 giờ/);
  assert.match(second.text, /<textarea[^>]*>Lời thứ hai &lt;i&gt;/, "what was typed stays");
});

test("an office is chosen only where its name is certain; all that was typed stays", async () => {
  const chosen = (html: string) => /<option value="([^"]+)" selected>/.exec(html)?.[1];
  const typed = { name: "Thành Viên Thử", birth_date: "1957", email: "a@example.vn", message: "Mất máy" };
  for (const [place, office, says] of [
    ["cau giay", "bhxh-tp-ha-noi", /Đã chọn:.*Cầu Giấy/s],
    ["<b>x\"'", undefined, /Không tìm thấy nơi nào|Không có tên nào khớp hẳn/],
    ["cau giy", undefined, /Không có tên nào khớp hẳn.*?<button[^>]*name="choose"[^>]*>[^<]*Cầu Giấy/s],
    ["đống đa", "bhxh-tp-ha-noi", /Đã chọn:/],
    ["thành phố cần thơ", undefined, /Chưa có nơi nào ở đây nhận hồ sơ qua mạng cho nơi này.*href="tel:/s],
    ["zzzz", undefined, /Không tìm thấy nơi nào/],
    ["thach thang", undefined, /Có thể là nhiều nơi.*<button[^>]*name="choose"/s],
  ] as const) {
    const { status, text } = await form("/ho-so/tim", { ...typed, place, office: "" });
    assert.equal(status, 200, place);
    assert.equal(chosen(text), office, place);
    assert.match(text, says, place);
    for (const value of ["Thành Viên Thử", "1957", "a@example.vn"]) assert.ok(text.includes(`value="${value}"`), value);
    assert.match(text, />Mất máy<\/textarea>|>Mất máy\s*<\/textarea>/);
  }
  for (const place of ["cau giy", "thach thang", "thành phố cần thơ", "zzzz"]) {
    const before = await form("/ho-so/tim", { ...typed, place, office: "bhxh-tp-da-nang" });
    assert.equal(chosen(before.text), undefined, `${place}: what was chosen for another place is chosen no more`);
  }
  const nothing = await form("/ho-so/tim", { ...typed, place: "", office: "bhxh-tp-da-nang" });
  assert.equal(chosen(nothing.text), "bhxh-tp-da-nang", "nothing was looked for");
  const pressed = await form("/ho-so/tim", { ...typed, place: "cau giy", office: "bhxh-tp-da-nang", choose: "bhxh-tp-ha-noi" });
  assert.equal(chosen(pressed.text), "bhxh-tp-ha-noi");
  const other = await form("/ho-so/tim", { ...typed, choose: "khong-co" });
  assert.equal(chosen(other.text), undefined);
  // An office's own page leads here: what it becomes of its cases is said.
  const from = async (id: string) => (await send(server.url, { method: "GET", path: `/ho-so?office=${id}` })).text;
  assert.match(await from("bhxh-tp-da-nang"), /Đã chọn: <bdi>/);
  assert.match(await from("ha-noi-dong-da"), /không tự nhận hồ sơ qua mạng. Nơi nhận thay: <bdi>/);
  assert.match(await from("bhxh-tp-can-tho"), /Chưa có nơi nào ở đây nhận hồ sơ qua mạng cho nơi này/);
});

test("every page of these is valid HTML", async () => {
  const check = new HtmlValidate({
    extends: ["html-validate:recommended"],
    rules: {
      "no-trailing-whitespace": "off",
      "void-style": "off",
      "tel-non-breaking": "off",
      "attribute-boolean-style": "off",
      "attribute-empty-style": "off",
      "doctype-style": "off",
      "no-inline-style": "error",
    },
  });
  const wrong: string[] = [];
  const assertValid = async (what: string, { text }: RawAnswer) => {
    const report = await check.validateString(text.replaceAll("<!>", "<!---->"), what);
    for (const { messages } of report.results) {
      for (const { ruleId, message } of messages) wrong.push(`${what}: ${ruleId}: ${message}`);
    }
  };
  for (const base of ["/ho-so", "/en/ho-so"]) {
    for (const path of ["", "?office=bhxh-tp-da-nang", "?office=bhxh-tp-can-tho", "/da-nhan", "/xem", "/da-dat"]) {
      await assertValid(base + path, await send(server.url, { method: "GET", path: base + path }));
    }
    for (const [path, fields] of [
      ["/tim", { place: "cau giy" }],
      ["/gui", { name: "", birth_date: "x" }],
      ["/xem", { ...opened }],
      ["/xem", WRONG],
      ["/nhan", { ...opened, text: "" }],
      ["/tiep", { token: "a.b", lookup_code: "" }],
      ["/mat-khau", { ticket: "x", password: "y" }],
    ] as const) {
      await assertValid(base + path, await form(base + path, fields));
    }
    await assertValid(`${base}, too often`, await flood(`${base}/gui`, { name: "Thành Viên Thử" }));
  }
  assert.deepEqual(wrong, []);
});
