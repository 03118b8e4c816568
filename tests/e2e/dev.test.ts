// `cargo xtask dev` itself, as its caller sees it.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { call } from "../support/api.ts";
import { query } from "../support/database.ts";
import { Server, root, until, xtask } from "../support/server.ts";

const state = mkdtempSync(join(tmpdir(), "chiakhoa-test-dev-"));
after(() => rmSync(state, { recursive: true, force: true }));

describe("a running server", () => {
  let server: Server;
  before(async () => {
    server = await Server.start({ state, vars: { TTL_CODE: 77 } });
  });
  after(async () => server?.stop());

  test("is healthy when it says ready", async () => {
    const { status, body } = await call<{ status: string }>(server.url, "GET", "/api/v1/health");
    assert.equal(status, 200);
    assert.equal(body.status, "ok");
  });

  test("has the synthetic members of the fixed scheme", () => {
    const [first] = query(
      server,
      `SELECT name, value FROM member
         JOIN member_identifier ON member_identifier.member = reference
         JOIN member_contact ON member_contact.member = reference
       WHERE identifier = '9000000001' AND kind = 'email'`,
    );
    assert.deepEqual(first, { name: "Thành Viên Mẫu A", value: "tv1@example.vn" });
    const [family] = query(
      server,
      "SELECT count(DISTINCT member) AS relatives FROM member_contact WHERE value = '0909000000'",
    );
    assert.deepEqual(family, { relatives: 5 });
  });

  test("keeps its secrets from other users of the machine", () => {
    for (const name of ["secrets.json", "wrangler.json"]) {
      assert.equal(statSync(join(state, name)).mode & 0o077, 0, name);
    }
  });

  test("prints the addresses that README.md names", async () => {
    for (const line of [
      /^· a phone to send and get text messages with: http:\/\/localhost:\d+$/m,
      /^· mail is captured, not sent: http:\/\/localhost:\d+\/cdn-cgi\/explorer/m,
      /^· staff sign in at http:\/\/localhost:\d+$/m,
      /^ready: http:\/\/localhost:\d+$/m,
    ]) {
      await until(String(line), () => (line.test(server.log()) ? true : undefined));
    }
  });

  test("leads who opens the desk unsigned to where one chooses who one is", async () => {
    const [, issuer = ""] = /^· staff sign in at (\S+)$/m.exec(server.log()) ?? [];
    for (const path of ["/ban-lam-viec", "/en/ban-lam-viec"]) {
      const answer = await fetch(server.url + path);
      assert.equal(answer.status, 401, path);
      assert.ok((await answer.text()).includes(`<a href="${issuer}">`), path);
    }
    assert.match(await (await fetch(issuer)).text(), /can-bo-1@example\.vn/);
  });

  test("runs the scheduled work when asked", async () => {
    await server.sweep();
  });

  test("keeps a second server off its port and off its state", () => {
    const { port } = new URL(server.url);
    const samePort = spawnSync(xtask(), ["dev", "--no-build", "--port", port, "--state", `${state}-other`], {
      cwd: root,
      encoding: "utf8",
    });
    assert.equal(samePort.status, 1);
    assert.match(samePort.stderr, new RegExp(`port ${port} is taken`));
    const sameState = spawnSync(xtask(), ["dev", "--no-build", "--port", "0", "--state", state], {
      cwd: root,
      encoding: "utf8",
    });
    assert.equal(sameState.status, 1);
    assert.match(sameState.stderr, /another `cargo xtask dev` runs on/);
  });
});

test("a state outlives its server, and --reset empties it", async () => {
  const before = spawnSync(xtask(), ["seed", "--members", "1001", "--state", state], { cwd: root });
  assert.equal(before.status, 0, String(before.stderr));
  const again = await Server.start({ state });
  const members = () => query(again, "SELECT count(*) AS n FROM member WHERE reference LIKE 'tv%'")[0]?.["n"];
  assert.equal(members(), 1001);
  await again.stop();
  const reset = spawn(xtask(), ["dev", "--no-build", "--no-seed", "--port", "0", "--state", state, "--reset"], {
    cwd: root,
    stdio: "ignore",
  });
  await until("an empty database", () => {
    try {
      return query(again, "SELECT count(*) AS n FROM member")[0]?.["n"] === 0 ? true : undefined;
    } catch {
      return undefined; // not made yet
    }
  });
  const ended = once(reset, "exit");
  reset.kill("SIGTERM");
  await ended;
});

test("it ends with an error when the Worker is killed, and starts again on the same state", async () => {
  const crashed = await Server.start({ state });
  await crashed.crash();
  assert.match(crashed.log(), /wrangler ended/);
  const again = await Server.start({ state });
  assert.equal((await call(again.url, "GET", "/api/v1/health")).status, 200);
  await again.stop();
});

test("what it started ends with it", async () => {
  const server = await Server.start();
  const { port } = new URL(server.url);
  await server.stop();
  const listener = createServer().listen(Number(port), "127.0.0.1");
  await once(listener, "listening");
  listener.close();
});
