// Two officers decide on one case at the same moment, a hundred times, over HTTP against D1: one
// decision each time, and the other is told that the case has changed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { slug } from "../support/api.ts";
import { query } from "../support/database.ts";
import { Issuer, Officer, openCase, type CaseView } from "../support/desk.ts";
import { Server } from "../support/server.ts";

const ROUNDS = 100;
/** Members that no officer is, each with one case. */
const FIRST = 301;

let issuer: Issuer;
let server: Server;
let one: Officer;
let two: Officer;

before(async () => {
  issuer = await Issuer.start();
  server = await Server.start({
    vars: { ...issuer.vars(), CAPTCHA_COST: 1, LIMIT_IP_MINUTE: 0, LIMIT_CASE_DAY: 0 },
  });
  one = new Officer(server.url, issuer, "can-bo-2@example.vn");
  two = new Officer(server.url, issuer, "giam-sat@example.vn");
});
after(async () => {
  await server?.stop();
  issuer?.stop();
});

/** A case with a check, as both officers see it. */
async function ready(round: number): Promise<{ view: CaseView; contact: string }> {
  // Every other case states a new address too, so that a change can be proposed.
  const changes = round % 2 === 0 ? { email: `moi${round}@example.vn` } : {};
  const opened = await openCase(server.url, FIRST + round, changes);
  assert.equal(opened.status, 202, JSON.stringify(opened.body));
  const checked = await one.act(opened.body.case_number, "check", { check: "record" });
  assert.equal(checked.status, 200, JSON.stringify(checked.body));
  const contact = checked.body.contacts.find(({ kind }) => kind === "email");
  assert.ok(contact);
  return { view: checked.body, contact: contact.id };
}

test(`two officers on one case, ${ROUNDS} times: one decision each time, the other gets 409`, async (t) => {
  const won = { one: 0, two: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    const { view, contact } = await ready(round);
    const { case: id, version } = view.row;
    const approve = { act: "approve", contact };
    const reject = { act: "reject", reason: "not-verified" };
    const propose = { act: "propose" };
    const pairs = [
      [propose, approve],
      [approve, reject],
      [reject, propose],
      [approve, approve],
    ] as const;
    const acts = pairs[round % pairs.length] ?? pairs[0];
    // Whoever is asked first is sent first: that changes with each round of kinds.
    const officers = Math.floor(round / pairs.length) % 2 === 0 ? [one, two] : [two, one];
    const answers = await Promise.all(
      officers.map((officer, place) =>
        officer.call("POST", `/cases/${id}`, { ...acts[place], version: String(version) }),
      ),
    );
    const statuses = answers.map(({ status }) => status).toSorted();
    assert.deepEqual(statuses, [200, 409], `round ${round}: ${JSON.stringify(answers.map(({ body }) => body))}`);
    const winner = answers.findIndex(({ status }) => status === 200);
    won[officers[winner] === one ? "one" : "two"] += 1;
    const lost = answers[1 - winner];
    assert.ok(lost);
    assert.equal(slug(lost), "case-changed");

    const [row] = query(server, "SELECT state, version, recovery FROM desk_case WHERE id = ?", id);
    assert.equal(row?.["version"], version + 1);
    const decided = query(
      server,
      `SELECT act, staff FROM audit WHERE case_id = ? AND (act LIKE 'case-approved%' OR act LIKE 'case-rejected%'
         OR act = 'case-change-proposed')`,
      id,
    );
    assert.deepEqual(decided.map(({ staff }) => staff), [officers[winner] === one ? "cb2" : "gs1"], `round ${round}`);
    const links = query(server, "SELECT id FROM recovery WHERE member = ? AND channel = 'desk'", `tv${FIRST + round}`);
    assert.deepEqual(links.map((link) => link["id"]), row["state"] === "approved" ? [row["recovery"]] : []);
  }
  assert.equal(won.one + won.two, ROUNDS);
  t.diagnostic(`${ROUNDS} rounds: one decision and one 409 each; won by ${won.one} and ${won.two}`);
});
