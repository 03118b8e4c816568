// Short lifetimes, set by variables: what is over is over, and says so in its own words.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { call, member, SEEDED_PASSWORD, slug, startRecovery } from "../support/api.ts";
import { captcha } from "../support/captcha.ts";
import { change } from "../support/database.ts";
import { post } from "../support/http.ts";
import { workerLog } from "../support/log.ts";
import { secretsIn } from "../support/mail.ts";
import { Provider } from "../support/provider.ts";
import { Server, until } from "../support/server.ts";

interface Ticket {
  ticket: string;
  expires_in: number;
}

const VARS = { CAPTCHA_COST: 1, LIMIT_IP_MINUTE: 0, LIMIT_DISPATCH_HOUR: 0, LIMIT_DISPATCH_DAY: 0 };
const PASSWORD = "dong song chay qua lang toi";

let provider: Provider;
/** Code and link live for 600 s, tickets for one, locks for two. */
let server: Server;
/** Codes live for two seconds, links for the usual ten minutes. */
let hasty: Server;

before(async () => {
  provider = await Provider.start();
  const vars = { ...VARS, ...provider.vars };
  server = await Server.start({ vars: { ...vars, TTL_TICKET: 1, SIGNIN_LOCK: 2, LIMIT_SIGNIN: 1, SESSION_IDLE: 1 } });
  hasty = await Server.start({ vars: { ...vars, TTL_CODE: 2, TTL_LINK: 600 } });
});
after(async () => {
  // First: it holds this process even where the servers never started.
  await provider.stop();
  await server.stop();
  await hasty.stop();
});

async function begin(at: Server, k: number) {
  const { identifier, email } = member(k);
  const started = await startRecovery(at.url, identifier, email);
  assert.equal(started.status, 202);
  const mail = await until(`mail to ${email}`, async () => {
    await at.sweep();
    return provider.sent.find(({ to, text }) => to.includes(email) && text.includes(`#${started.body.recovery}.`));
  });
  const { code, link } = secretsIn(mail.text);
  return { identifier, recovery: started.body.recovery, started: started.body, code, token: new URL(link).hash.slice(1) };
}

test("a ticket expires, and the code in the message gives another", async () => {
  const { recovery, code } = await begin(server, 1);
  const path = `/api/v1/recoveries/${recovery}/code`;
  const first = await call<Ticket>(server.url, "POST", path, { code });
  assert.equal(first.body.expires_in, 1);
  await until("the ticket's end", async () => {
    // A refused password keeps a ticket: asking does not spend it.
    const answer = await call(server.url, "POST", "/api/v1/password", { ticket: first.body.ticket, password: "ngan" });
    return answer.status === 410 ? true : undefined;
  });
  await until("a password set in time", async () => {
    const { body } = await call<Ticket>(server.url, "POST", path, { code });
    const answer = await call(server.url, "POST", "/api/v1/password", { ticket: body.ticket, password: PASSWORD });
    return answer.status === 204 ? true : undefined;
  });
});

test("a sign-in that was locked opens again by itself", async () => {
  const { identifier } = member(2);
  const signIn = async (password: string) =>
    (await post(server.url, "/api/v1/session", { identifier, password })).status;
  await until("a lock", async () => {
    await signIn("khong phai mat khau nay");
    return (await signIn("khong phai mat khau nay")) === 429 ? true : undefined;
  });
  await until("the lock's end", async () => {
    return (await signIn(SEEDED_PASSWORD)) === 200 ? true : undefined;
  });
});

test("a session that is not used ends", async () => {
  const { identifier } = member(3);
  const signedIn = await call<{ expires_in: number }>(server.url, "POST", "/api/v1/session", {
    identifier,
    password: SEEDED_PASSWORD,
  });
  assert.equal(signedIn.body.expires_in, 1);
  const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
  // Using it keeps it alive: the clock of the row is turned back instead.
  change(server, "UPDATE session SET seen_at = seen_at - 10");
  const answer = await call(server.url, "GET", "/api/v1/session", undefined, { cookie });
  assert.equal(slug(answer), "not-signed-in");
});

test("a code ends before its link where it is told to, and so does asking again", async () => {
  const { recovery, started, code, token } = await begin(hasty, 4);
  assert.equal(started.expires_in, 2);
  const path = `/api/v1/recoveries/${recovery}`;
  await until("the code's end", async () => {
    const answer = await call(hasty.url, "POST", `${path}/code`, { code: "2222-2222" });
    return answer.status === 410 ? true : undefined;
  });
  assert.equal(slug(await call(hasty.url, "POST", `${path}/code`, { code })), "recovery-closed");
  const resent = await call(hasty.url, "POST", `${path}/resend`, { captcha: await captcha(hasty.url, "email") });
  assert.equal(slug(resent), "recovery-closed");
  const byLink = await call<Ticket>(hasty.url, "POST", "/api/v1/recoveries/link", { token });
  assert.equal(byLink.status, 200);
  const set = await call(hasty.url, "POST", "/api/v1/password", { ticket: byLink.body.ticket, password: PASSWORD });
  assert.equal(set.status, 204);
});

test("a link ends, whoever opens it", async () => {
  await using brief = await Server.start({ vars: { ...VARS, ...provider.vars, TTL_LINK: 1 } });
  const { token } = await begin(brief, 5);
  await until("the link's end", async () => {
    const answer = await call(brief.url, "POST", "/api/v1/recoveries/link", { token });
    return answer.status === 410 && slug(answer) === "link-spent" ? true : undefined;
  });
});

test("a value that makes no sense is reported and the default holds", async () => {
  await using odd = await Server.start({ vars: { ...VARS, TTL_CODE: "ten minutes", TTL_TICKET: -1, TTL_LINK: 1_000_000 } });
  const { body } = await call<{ limits: Record<string, number> }>(odd.url, "GET", "/api/v1/config");
  assert.equal(body.limits["code_seconds"], 600);
  assert.equal(body.limits["ticket_seconds"], 900);
  assert.equal(body.limits["link_seconds"], 600);
  const log = await until("the report", () => {
    const log = workerLog(odd).join("\n");
    return log.includes("TTL_LINK") ? log : undefined;
  });
  for (const name of ["TTL_CODE", "TTL_TICKET", "TTL_LINK"]) assert.match(log, new RegExp(`"wrong":"${name} is not a number`));
  assert.ok(!log.includes("ten minutes"), "a value is never repeated: it may be a secret in the wrong place");
});
