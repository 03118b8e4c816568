// A desk with many cases, and everything that its people ask of it.
import type { Answer } from "./api.ts";
import { call, member } from "./api.ts";
import { change } from "./database.ts";
import { type Issuer, Officer, OFFICE, openCase } from "./desk.ts";
import { hand, head } from "./letter.ts";
import type { Server } from "./server.ts";

const STATES = ["received", "in-review", "waiting", "second-approval", "disputed", "rejected"];

/**
 * So many made-up cases in one office, half of them open, in all states but the cooling-off. What has
 * ended is older than what is open, as at any office: nobody may have to go through it.
 */
export function fill(server: Server, cases: number): void {
  change(
    server,
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${cases})
     INSERT INTO desk_case (id, number, office, locale, state, version, opened_at, changed_at, ended_at,
       kid, salt, lookup, key_identifier, key_phone, key_email, assignee, first, changes_contacts, cooling_until)
     SELECT printf('0%025d', i), printf('HS-%04d-%04d', i / 10000, i % 10000), '${OFFICE}', 'vi',
       CASE i % 10 WHEN 0 THEN 'received' WHEN 1 THEN 'in-review' WHEN 2 THEN 'waiting'
         WHEN 3 THEN 'second-approval' WHEN 4 THEN 'disputed' WHEN 5 THEN 'rejected' ELSE 'approved' END,
       1, 1700000000 + i + (i % 10 < 5) * ${cases}, 1700000000 + i, CASE WHEN i % 10 >= 5 THEN 1700000000 + i END,
       'k', '00000000000000000000000000000000', printf('%064d', i), printf('%064x', i), NULL, printf('%064x', i + 500000),
       CASE WHEN i % 1000 = 1 THEN 'gs1' END, NULL, 0, NULL FROM n`,
  );
  // Letters of long ago, and more that wait than a page holds; nobody opens these.
  change(
    server,
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${cases / 10})
     INSERT INTO desk_letter (id, office, state, version, received_at, closed_at, attachments, cut, kid, nonce, body)
     SELECT printf('1%025d', i), '${OFFICE}', iif(i % 100, 'discarded', 'new'), 1, 1700000000 + i,
       iif(i % 100, 1700000000 + i, NULL), 0, 0, 'k', printf('%032x', i), iif(i % 100, NULL, 'AA') FROM n`,
  );
  // As many acts of cases that are long gone.
  change(
    server,
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${cases})
     INSERT INTO audit (at, act, channel, case_id, staff, office)
     SELECT 1700000000 + i, 'case-taken', 'desk', printf('0%025d', i), 'cb2', '${OFFICE}' FROM n`,
  );
}

/** Each question of the desk by its name, over a desk with `cases` cases. */
export async function questions(
  server: Server,
  issuer: Issuer,
  cases: number,
): Promise<Record<string, () => Promise<Answer>>> {
  const { url } = server;
  const officer = new Officer(url, issuer, "giam-sat@example.vn");
  const opened = await openCase(url, 41);
  if (opened.status !== 202) throw new Error(JSON.stringify(opened.body));
  const { case: id } = await officer.find(opened.body.case_number);
  const token = { "cf-access-jwt-assertion": await issuer.token(officer.email) };
  const middle = `${1_700_000_000 + cases + cases / 2}.0${String(cases / 2).padStart(25, "0")}`;
  const { identifier, email, phone } = member(41);
  const handed = await hand(server, `${head()}\r\nTôi mất máy, mất cả sim.`, { to: OFFICE });
  const waiting = await call(url, "GET", "/api/v1/desk/letters", undefined, token);
  const [first] = (waiting.body as { letters: { letter: string }[] }).letters;
  if (handed.refused || !first) throw new Error(`no letter: ${handed.refused}`);
  const get = (path: string) => () => call(url, "GET", path, undefined, token);
  const list = (query: string) => get(`/api/v1/desk/cases${query}`);
  const search = (q: string) => () => call(url, "POST", "/api/v1/desk/search", { q }, token);
  return {
    "who am I (no case is read)": get("/api/v1/desk/me"),
    "the list": list(""),
    "the list, newest first": list("?order=newest"),
    "the list, a page in the middle": list(`?after=${middle}`),
    ...Object.fromEntries([...STATES, "cooling-off", "approved", "withdrawn"].map((state) => [`only ${state}`, list(`?state=${state}`)])),
    "only disputed, newest first": list("?state=disputed&order=newest"),
    "own cases": list("?mine=1"),
    "own cases in review": list("?mine=1&state=in-review"),
    "search by case number": search(opened.body.case_number),
    "search by mã số": search(identifier),
    "search by phone": search(phone),
    "search by email": search(email),
    "open a case": get(`/api/v1/desk/cases/${id}`),
    "open a case, as a page": get(`/ban-lam-viec/ho-so/${id}`),
    "the letters": get("/api/v1/desk/letters"),
    "the letters, a page in the middle": get(`/api/v1/desk/letters?after=${1_700_000_000 + cases / 20}.1${String(cases / 20).padStart(25, "0")}`),
    "open a letter": get(`/api/v1/desk/letters/${first.letter}`),
    "open a letter, as a page": get(`/ban-lam-viec/thu/${first.letter}`),
    "counts by state": get("/api/v1/desk/figures"),
    "figures, 90 days": get("/api/v1/desk/report?days=90"),
  };
}
