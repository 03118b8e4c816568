// The desk with 100,000 cases in one office: what a page of the queue, a filter, a search and
// opening a case cost, over HTTP and D1 together. Database time alone is less.
import { call } from "../support/api.ts";
import { change, query } from "../support/database.ts";
import { Issuer, Officer, OFFICE, openCase } from "../support/desk.ts";
import { Server } from "../support/server.ts";

const CASES = 100_000;
const ROUNDS = 41;

const issuer = await Issuer.start();
await using server = await Server.start({ vars: { ...issuer.vars(), CAPTCHA_COST: 1, LIMIT_IP_MINUTE: 0 } });
const officer = new Officer(server.url, issuer, "giam-sat@example.vn");
const opened = await openCase(server.url, 41);
if (opened.status !== 202) throw new Error(JSON.stringify(opened.body));

change(
  server,
  `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${CASES})
   INSERT INTO desk_case (id, number, office, locale, state, version, opened_at, changed_at, ended_at,
     kid, salt, lookup, key_identifier, key_phone, key_email, assignee, first, changes_contacts, cooling_until)
   SELECT printf('0%025d', i), printf('HS-%04d-%04d', i / 10000, i % 10000), '${OFFICE}', 'vi',
     CASE i % 10 WHEN 0 THEN 'received' WHEN 1 THEN 'in-review' WHEN 2 THEN 'waiting'
       WHEN 3 THEN 'second-approval' WHEN 4 THEN 'disputed' WHEN 5 THEN 'rejected' ELSE 'approved' END,
     1, 1700000000 + i, 1700000000 + i, CASE WHEN i % 10 >= 5 THEN 1700000000 + i END,
     'k', '00000000000000000000000000000000', printf('%064d', i), printf('%064x', i), NULL, printf('%064x', i + 500000),
     CASE WHEN i % 1000 = 1 THEN 'gs1' END, NULL, 0, NULL FROM n`,
);
const [count] = query(server, "SELECT count(*) AS n FROM desk_case");
const { case: id } = await officer.find(opened.body.case_number);
const token = { "cf-access-jwt-assertion": await issuer.token(officer.email) };
const last = `${1_700_000_000 + CASES / 2}.0${String(CASES / 2).padStart(25, "0")}`;

const get = (path: string) => () => call(server.url, "GET", `/api/v1/desk${path}`, undefined, token);
const post = (path: string, body: unknown) => () => call(server.url, "POST", `/api/v1/desk${path}`, body, token);
const kinds: Record<string, () => Promise<{ status: number }>> = {
  "who am I (no case is read)": get("/me"),
  "first page": get("/cases"),
  "first page, newest": get("/cases?order=newest"),
  "a page in the middle": get(`/cases?after=${last}`),
  "one state": get("/cases?state=disputed"),
  "own cases": get("/cases?mine=1"),
  "search by number": post("/search", { q: opened.body.case_number }),
  "search by mã số": post("/search", { q: "9000000041" }),
  "open a case": get(`/cases/${id}`),
  "counts by state": get("/figures"),
};

const rows: string[][] = [["", "median ms", "p95 ms"]];
for (const [what, ask] of Object.entries(kinds)) {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const begun = performance.now();
    const { status } = await ask();
    times.push(performance.now() - begun);
    if (status !== 200) throw new Error(`${what}: ${status}`);
  }
  times.sort((one, other) => one - other);
  const at = (share: number) => (times[Math.floor(times.length * share)] ?? 0).toFixed(1);
  rows.push([what, at(0.5), at(0.95)]);
}
console.log(`the desk with ${count?.["n"]} cases in one office`);
for (const [what, median, p95] of rows) console.log(`${what?.padEnd(30)} ${median?.padStart(10)} ${p95?.padStart(8)}`);
issuer.stop();
