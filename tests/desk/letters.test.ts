// Mail to an office's address, from the server that hands it over to the case that comes of it.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { member, slug, type Problem } from "../support/api.ts";
import { databaseFile, query } from "../support/database.ts";
import { Issuer, Officer, OFFICE, type CaseView } from "../support/desk.ts";
import { post, send } from "../support/http.ts";
import { DOMAIN, hand, head } from "../support/letter.ts";
import { workerLog } from "../support/log.ts";
import { Provider } from "../support/provider.ts";
import { Server, until } from "../support/server.ts";
import { found } from "../support/traces.ts";

interface Row {
  letter: string;
  version: number;
  received_at: number;
  attachments: number;
  cut: boolean;
}
interface Letter {
  row: Row;
  claimed_sender: string;
  subject: string;
  text: string;
}

let provider: Provider;
let issuer: Issuer;
let server: Server;
let officer: Officer;
let second: Officer;
let elsewhere: Officer;
let supervisor: Officer;

before(async () => {
  provider = await Provider.start();
  issuer = await Issuer.start();
  server = await Server.start({
    vars: {
      ...provider.vars,
      ...issuer.vars(),
      LIMIT_IP_MINUTE: 0,
      DESK_MAIL_DOMAIN: DOMAIN,
      LETTER_MAX_KB: 2_000,
      LETTER_READ_KB: 64,
      LETTER_TEXT: 500,
      LIMIT_LETTER_SENDER_DAY: 100,
    },
  });
  const at = (name: string) => new Officer(server.url, issuer, `${name}@example.vn`);
  [officer, second, elsewhere, supervisor] = [at("can-bo-2"), at("can-bo-1"), at("can-bo-3"), at("giam-sat")];
});
after(async () => {
  await provider.stop();
  await server?.stop();
  issuer?.stop();
});

async function waiting(who = officer): Promise<Row[]> {
  const { status, body } = await who.call<{ letters: Row[] }>("GET", "/letters");
  assert.equal(status, 200, JSON.stringify(body));
  return body.letters;
}

/** Hands a letter over that is kept; gives it as its officer reads it. */
async function kept(raw: string | Uint8Array<ArrayBuffer>): Promise<Letter> {
  const known = new Set((await waiting()).map(({ letter }) => letter));
  assert.deepEqual(await hand(server, raw), { status: 200, refused: undefined });
  const fresh = (await waiting()).filter(({ letter }) => !known.has(letter));
  assert.equal(fresh.length, 1, "one letter more");
  const open = await officer.call<Letter>("GET", `/letters/${fresh[0]?.letter}`);
  assert.equal(open.status, 200, JSON.stringify(open.body));
  return open.body;
}

const stated = (k: number, more: Record<string, string> = {}): Record<string, string> => ({
  version: "1",
  name: `Thành Viên Thử ${k}`,
  birth_date: "1980",
  identifier: member(k).identifier,
  locale: "vi",
  ...more,
});

test("letters of every usual make are read", async (t) => {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  await t.test("plain text", async () => {
    const letter = await kept(`${head(["Subject: Quen mat khau"])}\r\nTôi quên mật khẩu.\r\n\r\nXin giúp.\r\n`);
    assert.equal(letter.text, "Tôi quên mật khẩu.\n\nXin giúp.");
    assert.deepEqual([letter.subject, letter.claimed_sender], ["Quen mat khau", "Ai Đó <ai-do@example.vn>"]);
    assert.deepEqual([letter.row.attachments, letter.row.cut], [0, false]);
  });
  await t.test("HTML alone", async () => {
    const letter = await kept(
      `${head(["Content-Type: text/html; charset=utf-8"])}\r\n<style>p{}</style><p>Tôi <b>qu&ecirc;n</b></p><script>alert(1)</script><p>m&#7853;t khẩu</p>`,
    );
    assert.equal(letter.text, "Tôi quên\n\nmật khẩu");
  });
  await t.test("base64, an encoded subject, attachments", async () => {
    const parts = [
      `Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64("Tôi gửi kèm ảnh.")}`,
      `Content-Type: image/jpeg; name=cccd.jpg\r\nContent-Disposition: attachment; filename=cccd.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64("ảnh căn cước")}`,
      `Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64("giấy tờ")}`,
    ];
    const letter = await kept(
      `${head([`Subject: =?UTF-8?B?${base64("Mất máy")}?=`, "Content-Type: multipart/mixed; boundary=\"x y\""])}\r\n--x y\r\n${parts.join("\r\n--x y\r\n")}\r\n--x y--\r\n`,
    );
    assert.deepEqual([letter.text, letter.subject, letter.row.attachments], ["Tôi gửi kèm ảnh.", "Mất máy", 2]);
  });
  await t.test("text that was sent as a file, alone", async () => {
    const named = await kept(`${head(['Content-Type: text/plain; charset=utf-8; name="thu.txt"'])}\r\nTôi mất máy, viết trong tệp.`);
    assert.deepEqual([named.text, named.row.attachments], ["Tôi mất máy, viết trong tệp.", 0]);
  });
  await t.test("UTF-8 that is said to be ASCII, UTF-16 from either end", async () => {
    const ascii = `${head(["Content-Type: text/plain; charset=us-ascii"])}\r\nMật khẩu, nói là ASCII`;
    assert.equal((await kept(ascii)).text, "Mật khẩu, nói là ASCII");
    const little = Buffer.from("\uFEFFMật khẩu, hai byte", "utf16le");
    for (const bytes of [little, Buffer.from(little).swap16()]) {
      const letter = `${head(["Content-Type: text/plain; charset=utf-16", "Content-Transfer-Encoding: base64"])}\r\n${bytes.toString("base64")}`;
      assert.equal((await kept(letter)).text, "Mật khẩu, hai byte");
    }
  });
  await t.test("a few words and a photo that is longer than what is read", async () => {
    const photo = `Content-Type: image/jpeg\r\n\r\n${"A".repeat(100_000)}`;
    const mixed = (...parts: string[]) => `${head(["Content-Type: multipart/mixed; boundary=b"])}\r\n--b\r\n${parts.join("\r\n--b\r\n")}\r\n--b--\r\n`;
    const letter = await kept(mixed("\r\nẢnh ở dưới.", photo, photo));
    assert.deepEqual([letter.text, letter.row.cut, letter.row.attachments], ["Ảnh ở dưới.", false, 1]);
    const page = await send(server.url, {
      method: "GET",
      path: `/ban-lam-viec/thu/${letter.row.letter}`,
      headers: { "cf-access-jwt-assertion": await issuer.token(officer.email) },
    });
    assert.match(page.text, /Tệp kèm không được giữ: ít nhất 1\./);
    assert.doesNotMatch(page.text, /Thư dài hơn/);
    assert.match((await hand(server, mixed(photo, "\r\nẢnh ở trên."))).refused ?? "", /without attachments/);
  });
  await t.test("windows-1258 and iso-8859-1", async () => {
    const bytes = (type: string, body: number[]) =>
      Uint8Array.from([...Buffer.from(`${head([`Content-Type: text/plain; charset=${type}`])}\r\n`), ...body]);
    // Marks stand by themselves behind their letter.
    const old = [..."T\xf4i qu\xean m\xe2\xf2t kh\xe2\xd2u"].map((c) => c.charCodeAt(0));
    assert.equal((await kept(bytes("windows-1258", old))).text, "Tôi quên mật khẩu");
    assert.equal((await kept(bytes("iso-8859-1", [0x51, 0x75, 0xea, 0x6e]))).text, "Quên");
  });
});

test("what is written to deceive or to break is read as far as it is text", async (t) => {
  await t.test("signs that turn or hide text", async () => {
    const letter = await kept(`${head(["Subject: a\u202Eb"], "\u202Emoc.kcab <x@example.vn>")}\r\nT\u202Eôi\u2066 qu\u200Bên\u0007 <b>mật</b>`);
    assert.deepEqual([letter.text, letter.subject], ["Tôi quên <b>mật</b>", "ab"]);
    assert.ok(!/[\u0000-\u0009\u200b-\u200f\u202a-\u202e\u2066-\u2069]/.test(JSON.stringify(letter)));
  });
  await t.test("a boundary that never ends", async () => {
    const letter = await kept(`${head(["Content-Type: multipart/mixed; boundary=b"])}\r\n--b\r\n\r\nkhông có đuôi`);
    assert.equal(letter.text, "không có đuôi");
  });
  await t.test("parts in parts", async () => {
    // The local server itself reads no deeper than 256 levels; 1,000 are in the rules' own tests.
    const levels = Array.from({ length: 200 }, (_, n) => `Content-Type: multipart/mixed; boundary=b${n}\r\n\r\n--b${n}\r\n`);
    const refused = await hand(server, `${head().trimEnd()}\r\n${levels.join("")}\r\nsâu`);
    assert.match(refused.refused ?? "", /No text/);
  });
  await t.test("a header of a megabyte", async () => {
    const { refused } = await hand(server, `${head([`Subject: ${"a".repeat(1_000_000)}`])}\r\nchữ`);
    // The text lies behind what is read.
    assert.match(refused ?? "", /No text/);
  });
  await t.test("a letter that is longer than what is read, and than what is kept", async () => {
    const letter = await kept(`${head()}\r\n${"ă â ".repeat(30_000)}`);
    assert.deepEqual([letter.row.cut, letter.text.length <= 500], [true, true]);
  });
});

test("what is refused is refused in constant words, and what a program wrote is dropped without any", async () => {
  const before_ = await waiting();
  const plain = (more: string[] = []) => `${head(more)}\r\nThư ${Math.random()}`;
  for (const to of ["bhxh-khong-co", "", "postmaster", `${OFFICE}@example.vn`, `bhxh-tp-ha-noi@${DOMAIN}.example.vn`]) {
    const { refused } = await hand(server, plain(), { to: to === "" ? `@${DOMAIN}` : to });
    assert.equal(refused, "Khong co dia chi nay. / No such address.", to);
  }
  assert.match((await hand(server, plain() + "a".repeat(2_100_000))).refused ?? "", /Too large/);
  assert.match((await hand(server, `${head()}\r\n \r\n`)).refused ?? "", /No text/);
  for (const raw of [
    plain(["Auto-Submitted: auto-replied"]),
    plain(["Precedence: bulk"]),
    plain(["List-Id: <tin.example.vn>"]),
    `${head([], `${OFFICE}@${DOMAIN}`)}\r\nvòng`,
  ]) {
    assert.deepEqual(await hand(server, raw), { status: 200, refused: undefined });
  }
  for (const from of ["<>", "mailer-daemon@example.org", `bhxh-tp-da-nang@${DOMAIN}`]) {
    assert.deepEqual(await hand(server, plain(), { from }), { status: 200, refused: undefined });
  }
  assert.deepEqual(await waiting(), before_);
  // Nobody was written to.
  assert.equal(query(server, "SELECT count(*) AS n FROM outbox")[0]?.["n"], 0);
});

test("the same letter makes one draft, handed over ten times at once", async () => {
  const raw = `${head()}\r\nMột lá thư.`;
  const before_ = (await waiting()).length;
  const answers = await Promise.all(Array.from({ length: 10 }, () => hand(server, raw)));
  for (const answer of answers) assert.deepEqual(answer, { status: 200, refused: undefined });
  assert.equal((await waiting()).length, before_ + 1);
});

test("who writes the same again under another id is heard again", async () => {
  const words = "\r\nTôi viết lại lá thư này.";
  const { row } = await kept(head() + words);
  assert.equal((await officer.call("POST", `/letters/${row.letter}/discard`, { version: "1", reason: "incomplete" })).status, 204);
  await kept(head() + words);
});

test("a letter that is piled up with marks costs no more than another", async () => {
  const letter = await kept(`${head()}\r\na${"\u0301\u0323".repeat(15_000)}`);
  assert.deepEqual([[...letter.text].length, letter.row.cut], [500, true]);
});

test("a letter is the own office's; every role and every call", async () => {
  const { row } = await kept(`${head()}\r\nAi được đọc?`);
  const path = `/letters/${row.letter}`;
  for (const who of [officer, second, supervisor]) {
    assert.equal((await who.call("GET", path)).status, 200, who.email);
  }
  assert.deepEqual(await waiting(elsewhere), []);
  const nobody = new Officer(server.url, issuer, "ai-do@example.vn");
  for (const [who, expected] of [[elsewhere, [404, "not-found"]], [nobody, [403, "not-allowed"]]] as const) {
    for (const [method, end, body] of [
      ["GET", "", undefined],
      ["POST", "/take", stated(1)],
      ["POST", "/discard", { version: "1", reason: "spam" }],
    ] as const) {
      const answer = await who.call<Problem>(method, path + end, body);
      assert.deepEqual([answer.status, slug(answer)], expected, `${who.email} ${method} ${end}`);
    }
  }
  for (const path of ["/letters", `/letters/${row.letter}`]) {
    assert.equal((await send(server.url, { method: "GET", path: `/api/v1/desk${path}` })).status, 401);
  }
  assert.equal((await post(server.url, `/api/v1/desk${path}/take`, stated(1))).status, 401);
  assert.equal((await post(server.url, `/api/v1/desk${path}/discard`, { version: "1", reason: "spam" })).status, 401);
  assert.equal((await nobody.call("GET", "/letters")).status, 403);
  // Unknown, and malformed: alike.
  for (const id of ["A".repeat(22), "0".repeat(26), "..", "x"]) {
    assert.equal((await officer.call("GET", `/letters/${encodeURIComponent(id)}`)).status, 404, id);
  }
  // can-bo-1 is member 901.
  const own = await second.call<Problem>("POST", `${path}/take`, stated(901));
  assert.deepEqual([own.status, slug(own)], [403, "not-allowed"]);
});

test("a letter becomes a case that is approved to a contact on record and changes none", async () => {
  const { row } = await kept(`${head(["Subject: Mat sim"])}\r\nTôi là thành viên thử 31.`);
  const path = `/letters/${row.letter}`;
  const wrong = await officer.call<Problem>("POST", `${path}/take`, stated(31, { birth_date: "hôm qua", name: "" }));
  assert.deepEqual(wrong.body.errors, [{ field: "name", code: "empty" }, { field: "birth_date", code: "format" }]);
  const taken = await officer.call<CaseView & { row: { from_letter?: boolean } }>("POST", `${path}/take`, stated(31, { email: "moi31@example.vn" }));
  assert.equal(taken.status, 200, JSON.stringify(taken.body));
  assert.deepEqual([taken.body.row.case, taken.body.row.state, taken.body.row.from_letter], [row.letter, "received", true]);
  assert.equal(taken.body.may_change_contacts, false);
  assert.deepEqual(taken.body.entries.map(({ kind, text }) => [kind, text]), [
    ["letter", "Ai Đó <ai-do@example.vn>\nMat sim\n\nTôi là thành viên thử 31."],
  ]);
  const again = await second.call("POST", `${path}/take`, stated(31));
  assert.deepEqual([again.status, slug(again)], [409, "case-changed"]);
  assert.equal((await officer.call("GET", path)).status, 404);

  const number = taken.body.row.case_number;
  const checked = await officer.act(number, "check", { check: "call-back" });
  const contact = checked.body.contacts.find(({ kind }) => kind === "email")?.id ?? "";
  for (const [act, more] of [["propose", {}], ["ask", { text: "Ông có khoẻ không?" }]] as const) {
    const refused = await officer.act(number, act, more);
    assert.deepEqual([refused.status, (refused.body as unknown as Problem).errors], [422, [{ field: "contact", code: "from-letter" }]], act);
  }
  assert.equal((await officer.act(number, "approve", { contact })).status, 200);
  const { email } = member(31);
  const mail = await until("the link", async () => {
    await server.sweep();
    return provider.sent.find(({ to }) => to.includes(email));
  });
  assert.match(mail.text, /\/lien-ket#/);
  assert.ok(provider.sent.every(({ to }) => !to.includes("moi31@example.vn") && !to.includes("ai-do@example.vn")));
  // The database holds the rule too.
  assert.throws(() => query(server, "UPDATE desk_case SET changes_contacts = 1 WHERE id = ?", row.letter), /CHECK constraint/);
});

test("two officers on one letter, 20 times: one decision each time", async () => {
  for (let round = 0; round < 20; round += 1) {
    const { row } = await kept(`${head()}\r\nThư thứ ${round}.`);
    const path = `/letters/${row.letter}`;
    const [one, two] = await Promise.all([
      officer.call("POST", `${path}/take`, stated(40)),
      round % 2 === 0 ? supervisor.call("POST", `${path}/take`, stated(41)) : supervisor.call("POST", `${path}/discard`, { version: "1", reason: "duplicate" }),
    ]);
    const won = [one, two].filter(({ status }) => status < 300);
    assert.equal(won.length, 1, JSON.stringify([one.body, two.body]));
    const lost = [one, two].find(({ status }) => status >= 300);
    assert.ok(lost !== undefined && lost.status === 409, JSON.stringify(lost?.body));
    const [{ n } = { n: -1 }] = query(server, "SELECT count(*) AS n FROM desk_case WHERE id = ?", row.letter);
    assert.equal(n, one.status === 200 || round % 2 === 0 ? 1 : 0);
  }
});

test("officers' pages show letters as text, with what was claimed marked as such", async () => {
  const { row } = await kept(`${head(["Subject: <i>Chào</i>"], "\"<b>Sếp</b>\" <giam-sat@example.vn>")}\r\n<script>alert(1)</script>`);
  const get = async (path: string, who = officer) =>
    send(server.url, { method: "GET", path, headers: { "cf-access-jwt-assertion": await issuer.token(who.email) } });
  for (const [base, list, claim] of [
    ["/ban-lam-viec", /Đã chờ/, /Thư tự nói là từ:.*chưa xác minh/s],
    ["/en/ban-lam-viec", /Waiting for/, /It says it is from:.*not verified/s],
  ] as const) {
    const all = await get(`${base}/thu`);
    assert.equal(all.status, 200);
    assert.match(all.text, list);
    const link = `<a data-row href="${base}/thu/${row.letter}"><bdi>&lt;i&gt;Chào&lt;/i&gt;</bdi></a>`;
    assert.ok(all.text.includes(link) && !all.text.includes("giam-sat@example.vn"));
    const one = await get(`${base}/thu/${row.letter}`);
    assert.equal(one.status, 200);
    assert.match(one.text, claim);
    assert.ok(one.text.includes("<bdi>&quot;&lt;b&gt;Sếp&lt;/b&gt;&quot; &lt;giam-sat@example.vn&gt;</bdi>"), one.text);
    assert.ok(one.text.includes("&lt;script&gt;alert(1)&lt;/script&gt;") && !one.text.includes("<script>alert"));
  }
  assert.equal((await get(`/ban-lam-viec/thu/${row.letter}`, elsewhere)).status, 404);
  assert.match((await get("/ban-lam-viec/thu", elsewhere)).text, /Không có thư nào chờ/);

  const fill = async (path: string, fields: Record<string, string>) =>
    send(server.url, {
      method: "POST",
      path,
      headers: { "cf-access-jwt-assertion": await issuer.token(officer.email), "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(fields).toString(),
    });
  const here = `/ban-lam-viec/thu/${row.letter}`;
  const wrong = await fill(here, { ...stated(32), identifier: "12" });
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /id="identifier" name="identifier" value="12"[^>]*aria-invalid="true"/);
  const done = await fill(here, stated(32, { birth_date: "28/02/1980" }));
  assert.deepEqual([done.status, done.headers.location], [303, `/ban-lam-viec/ho-so/${row.letter}?saved=take-letter`]);
  const shown = await get(`/ban-lam-viec/ho-so/${row.letter}`);
  assert.match(shown.text, /Từ thư đến: chưa biết ai viết/);
  assert.doesNotMatch(shown.text, /value="propose"|value="ask"/);
  for (const [answer, status] of [
    [await fill(`${here}/bo`, { version: "1", reason: "spam" }), 409],
    [await get(here), 404],
  ] as const) {
    assert.equal(answer.status, status);
    assert.match(answer.text, /Thư này đã được xử lý.*<a href="\/ban-lam-viec\/thu">/s);
    assert.doesNotMatch(answer.text, /Không có địa chỉ này|Hồ sơ đã thay đổi/);
  }
});

test("nothing of a letter stands in clear in database or log", async (t) => {
  const canary = {
    sender: "chim-hoang-anh@canary.example.vn",
    name: "Hoàng Thị Oanh Vàng",
    subject: "Chim hoàng anh trong lồng",
    text: "Tôi nuôi một con hoàng anh tên là Bích.",
    id: "kim-tuoc@canary.example.vn",
    phone: "0987 654 321",
    attachment: "anh-can-cuoc-hoang-anh.jpg",
  };
  const raw = [
    `From: ${canary.name} <${canary.sender}>`,
    `To: ${OFFICE}@${DOMAIN}`,
    `Subject: ${canary.subject}`,
    `Message-ID: <${canary.id}>`,
    "Content-Type: multipart/mixed; boundary=b",
    "",
    "--b",
    "",
    `${canary.text} Gọi ${canary.phone}.`,
    "--b",
    `Content-Type: image/jpeg; name=${canary.attachment}`,
    "",
    canary.text,
    "--b--",
  ].join("\r\n");
  for (const to of [OFFICE, "bhxh-khong-co"]) await hand(server, raw, { from: canary.sender, to });
  await hand(server, raw.replace("Message-ID", "Auto-Submitted: auto-replied\r\nMessage-ID"), { from: canary.sender });
  await hand(server, raw, { from: canary.sender });
  const letters = await waiting();
  const { letter } = letters.at(-1) ?? { letter: "" };
  assert.match((await officer.call<Letter>("GET", `/letters/${letter}`)).body.text, /hoàng anh/);
  const look = () => {
    const file = databaseFile(server.state);
    const files = [file, `${file}-wal`].filter((name) => existsSync(name));
    const database = Buffer.concat(files.map((name) => readFileSync(name)));
    assert.ok(database.includes("letter-received"), "it is the database");
    assert.deepEqual(found(database, canary), []);
    const log = workerLog(server).join("\n");
    assert.match(log, /"event":"letter"/);
    assert.deepEqual(found(Buffer.from(log), canary), []);
  };
  look();
  const taken = await officer.call("POST", `/letters/${letter}/take`, stated(33, { message: canary.text, phone: canary.phone }));
  assert.equal(taken.status, 200, JSON.stringify(taken.body));
  look();
  t.diagnostic(`${letters.length} letters, ${workerLog(server).length} log lines`);
  assert.equal(query(server, "SELECT count(*) AS n FROM desk_letter WHERE state <> 'new' AND body IS NOT NULL")[0]?.["n"], 0);
});

test("limits refuse in constant words, by claimed sender and by office", async () => {
  await using small = await Server.start({
    vars: { ...issuer.vars(), DESK_MAIL_DOMAIN: DOMAIN, LIMIT_LETTER_SENDER_DAY: 2, LIMIT_LETTER_DAY: 3 },
  });
  const letter = (k: number, n: number) => `${head([], `Ai Đó <nguoi${k}@example.vn>`)}\r\nThư ${n}`;
  for (const n of [1, 2]) assert.equal((await hand(small, letter(1, n))).status, 200);
  assert.match((await hand(small, letter(1, 3))).refused ?? "", /Too many letters/);
  assert.equal((await hand(small, letter(2, 4))).status, 200);
  assert.match((await hand(small, letter(3, 5))).refused ?? "", /Too many letters/);
});

test("where no domain is named every letter is refused", async () => {
  await using off = await Server.start({ vars: issuer.vars() });
  assert.match((await hand(off, `${head()}\r\nthư`)).refused ?? "", /No such address/);
});
