// Checkpoints of the audit in the supervisor's mailbox: a table that was cut off as a whole is
// found by the text of a mail alone.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startRecovery } from "../support/api.ts";
import { change, query } from "../support/database.ts";
import { Provider, type Sent } from "../support/provider.ts";
import { root, Server, until, xtask } from "../support/server.ts";

const MAILBOX = "giam-sat@example.vn";
let provider: Provider;
let server: Server;
let folder: string;

before(async () => {
  provider = await Provider.start();
  server = await Server.start({
    vars: { ...provider.vars, CAPTCHA_COST: 1, LIMIT_IP_MINUTE: 0, AUDIT_CHECKPOINT_EMAIL: MAILBOX },
  });
  folder = mkdtempSync(join(tmpdir(), "chiakhoa-mail-"));
});
after(async () => {
  await provider.stop();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const arrived = (): Sent[] => provider.sent.filter(({ to }) => to.includes(MAILBOX));

async function asked(n: number): Promise<void> {
  for (let k = 0; k < n; k += 1) {
    assert.equal((await startRecovery(server.url, `98765432${10 + k}`, "ai-do@example.vn")).status, 202);
  }
}

function verified(checkpoints?: string): { status: number | null; stdout: string; stderr: string } {
  const words = ["audit", "verify", "--state", server.state];
  if (checkpoints !== undefined) words.push("--checkpoints", checkpoints);
  return spawnSync(xtask(), words, { cwd: root, encoding: "utf8" });
}

/** A file with these bytes. */
function saved(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

test("the newest checkpoint comes by mail once in a period, and a provider that refuses is asked again", async () => {
  await asked(3);
  provider.failNext(500);
  const first = await until("the mail", async () => {
    await server.sweep();
    return arrived()[0];
  });
  const refused = provider.attempts.filter(({ fault, key }) => fault === 500 && key === first.key);
  assert.equal(refused.length, 1, "under the same id, after the refusal");
  assert.match(server.log(), /"mail-not-accepted"/);
  assert.match(first.subject, /Mốc nhật ký 3 \/ Audit checkpoint 3/);
  assert.match(first.text, /^audit-checkpoint 3 \d+ \S+ [0-9a-f]{64} [0-9a-f]{64}$/m);
  assert.match(first.text, /Hãy giữ thư này/);
  assert.match(first.text, /Keep this mail/);
  assert.equal(first.html, undefined, "plain text alone");
  assert.ok(!first.text.includes("http"), "nothing to click");

  await asked(2);
  for (let n = 0; n < 3; n += 1) await server.sweep();
  const rows = () => query(server, "SELECT state, member FROM outbox WHERE template = 'audit-checkpoint'");
  assert.deepEqual(rows(), [{ state: "sent", member: "" }], "the day is not over");
  // A day later: once more, and then only when something has moved.
  change(server, "UPDATE audit_checkpoint SET mailed_at = mailed_at - 86400 WHERE mailed_at IS NOT NULL");
  const second = await until("the second mail", async () => {
    await server.sweep();
    return arrived()[1];
  });
  assert.match(second.text, /^audit-checkpoint 5 /m);
  change(server, "UPDATE audit_checkpoint SET mailed_at = mailed_at - 86400 WHERE mailed_at IS NOT NULL");
  await server.sweep();
  assert.equal(rows().length, 2);
});

test("retention runs in the period of the full hour, and not again when the desk has messages to send", async () => {
  const hour = Math.floor(Date.now() / 3_600_000) * 3_600_000;
  const runs = () => (server.log().match(/"event":"retention"/g) ?? []).length;
  const work = async (query: string): Promise<void> => {
    const answer = await fetch(`${server.url}/cdn-cgi/handler/scheduled?${query}`);
    assert.ok(answer.ok, await answer.text());
  };
  const before_ = runs();
  for (let n = 0; n < 3; n += 1) await work(`cron=x-outbox-waits&time=${hour}`);
  await work(`time=${hour + 1_800_000}`);
  // What comes last is in the log last.
  await work(`time=${hour}`);
  await until("retention", () => (runs() > before_ ? true : undefined));
  assert.equal(runs(), before_ + 1);
});

test("a table that was cut off with its links and checkpoints is found by a mail's text alone", async () => {
  const text = arrived()[1]?.text ?? "";
  const good = verified(saved("before.txt", text));
  assert.equal(good.status, 0, good.stderr);
  for (const table of ["audit WHERE seq", "audit_link WHERE seq", "audit_checkpoint WHERE upto"]) {
    change(server, `DELETE FROM ${table} > 3`);
  }
  assert.equal(verified().status, 0, "by itself the cut table looks good");
  const encoded = Buffer.from(text).toString("base64").replace(/.{76}/g, "$&\r\n");
  const [line = ""] = /^audit-checkpoint .*$/m.exec(text) ?? [];
  for (const [name, mail] of [
    ["mail.txt", text],
    ["answered.txt", `On Monday:\n${text.replace(/^/gm, "> ").replace(/ (?=[0-9a-f]{64})/g, "\n> ")}`],
    ["base64.eml", `Subject: x\r\nContent-Transfer-Encoding: base64\r\n\r\n${encoded}\r\n`],
    ["printable.eml", `Subject: x\r\n\r\n${text.replace(line, line.replace(/.{70}/g, "$&=\r\n"))}`],
  ] as const) {
    const told = verified(saved(name, mail));
    assert.equal(told.status, 1, `${name}: ${told.stderr}`);
    assert.match(told.stdout, /^record 4: removed$/m, name);
  }
});
