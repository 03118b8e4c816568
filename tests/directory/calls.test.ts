// The directory's calls as another program uses them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertProblem, fieldErrors, send } from "../support/http.ts";
import { Server } from "../support/server.ts";

interface Office {
  id: string;
  name: string;
  status: string;
  basis?: string;
  distance_km?: number;
  source: { url?: string; note?: string; date?: string; confidence: string };
  successors: string[];
}
interface Offices {
  offices: Office[];
  as_of: string;
  next: string | null;
}
interface Wards {
  wards: { code: string; name: string; old: { name: string; district: string; divided: boolean }[]; office?: string }[];
  as_of: string;
  next: string | null;
}

let server: Server;
let url: string;
before(async () => {
  server = await Server.start();
  url = server.url;
});
after(() => server.stop());

const query = (parameters: Record<string, string | number>) =>
  new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, String(value)])).toString();

async function get<T>(path: string, parameters: Record<string, string | number> = {}): Promise<T> {
  const answer = await send(url, { method: "GET", path: `/api/v1/${path}?${query(parameters)}` });
  assert.equal(answer.status, 200, `${path} ${JSON.stringify(parameters)}: ${answer.text.slice(0, 300)}`);
  return JSON.parse(answer.text) as T;
}

test("an old ward leads to the new one and its office, however it is typed", async () => {
  for (const q of ["Phường Bến Nghé, Quận 1", "ben nghe q1", "p. bến nghé", "Phu\u031bo\u031b\u0300ng Be\u0302\u0301n Nghe\u0301 quan 1"]) {
    const { wards, as_of } = await get<Wards>("wards", { q });
    const [first] = wards;
    assert.equal(first?.name, "Phường Sài Gòn", q);
    assert.equal(first?.code, "26740", q);
    assert.ok(first?.old.some((old) => old.name === "Phường Bến Nghé" && old.district === "Quận 1"), q);
    assert.ok(first?.office, q);
    assert.match(as_of, /^20\d\d-\d\d-\d\d$/);
    const { offices } = await get<Offices>("offices", { q });
    assert.equal(offices[0]?.id, first?.office, q);
  }
});

test("a divided ward gives all its parts", async () => {
  const { wards } = await get<Wards>("wards", { q: "an phú, thủ đức" });
  const parts = wards.filter(({ old }) => old.some(({ name, divided }) => name === "Phường An Phú" && divided));
  assert.ok(parts.length > 1);
});

test("a ward's code gives the office to turn to and says why it is this one", async () => {
  const { offices, next } = await get<Offices>("offices", { ward: "26740" });
  assert.equal(offices.length, 1);
  assert.equal(next, null);
  assert.ok(["sourced", "merged", "provincial"].includes(offices[0]?.basis ?? ""));
});

test("every office can be had by itself, and says its source", async () => {
  let cursor: string | null = null;
  let count = 0;
  do {
    const page: Offices = await get("offices", { limit: 50, ...(cursor ? { cursor } : {}) });
    for (const office of page.offices) {
      count += 1;
      const alone = await get<Office & { wards: unknown[] }>(`offices/${office.id}`);
      assert.equal(alone.name, office.name);
      assert.ok(Array.isArray(alone.wards));
      assert.ok(office.source.url ?? office.source.note, office.id);
      if (office.status === "closed") assert.ok(office.successors.length > 0, office.id);
    }
    cursor = page.next;
  } while (cursor !== null);
  assert.equal(count, 157);
});

test("pages laid end to end are the list, whatever their size", async () => {
  for (const [path, parameters] of [
    ["offices", {}],
    ["offices", { q: "tp hcm" }],
    ["offices", { lat: 10.77, lon: 106.7 }],
    ["wards", { q: "hà nội" }],
  ] as const) {
    const lists = [];
    for (const limit of [7, 50]) {
      const ids: string[] = [];
      let cursor: string | null = null;
      do {
        const page: Partial<Offices & Wards> = await get(path, { ...parameters, limit, ...(cursor ? { cursor } : {}) });
        const rows = page.offices?.map(({ id }) => id) ?? page.wards?.map(({ code }) => code) ?? [];
        assert.ok(rows.length <= limit);
        ids.push(...rows);
        cursor = page.next ?? null;
      } while (cursor !== null);
      assert.equal(new Set(ids).size, ids.length, `${path}: no row stands twice`);
      lists.push(ids);
    }
    assert.deepEqual(lists[0], lists[1], path);
    assert.ok((lists[0]?.length ?? 0) > 7, path);
  }
});

test("twenty rows are given where the caller does not say", async () => {
  assert.equal((await get<Offices>("offices")).offices.length, 20);
  assert.equal((await get<Wards>("wards")).wards.length, 20);
});

test("a place is rounded to a hundredth of a degree and its answer is stored nowhere", async () => {
  const near = async (lat: number, lon: number) =>
    send(url, { method: "GET", path: `/api/v1/offices?${query({ lat, lon })}` });
  const [one, other] = [await near(21.0341, 105.8141), await near(21.0299, 105.8099)];
  assert.equal(one.text, other.text);
  assert.equal(one.headers["cache-control"], "no-store");
  assert.equal(one.headers.etag, undefined);
  const { offices } = JSON.parse(one.text) as Offices;
  assert.equal(offices[0]?.distance_km, offices[0]?.distance_km && Math.round(offices[0].distance_km));
  const distances = offices.slice(1).map(({ distance_km }) => distance_km ?? Infinity);
  assert.deepEqual(distances, distances.toSorted((a, b) => a - b));
  const abroad = await get<Offices>("offices", { lat: 48.85, lon: 2.35 });
  assert.deepEqual(abroad.offices, []);
});

test("an answer that has not changed is not sent again", async () => {
  for (const path of ["/api/v1/offices?q=ba+dinh", "/api/v1/offices/bhxh-viet-nam", "/api/v1/wards?q=ba+dinh"]) {
    const first = await send(url, { method: "GET", path });
    assert.match(first.headers["cache-control"] ?? "", /^public, max-age=\d+/, path);
    const tag = first.headers.etag ?? "";
    assert.match(tag, /^"[\w-]+"$/, path);
    for (const seen of [tag, `W/${tag}`, `"other", ${tag}`, "*"]) {
      const again = await send(url, { method: "GET", path, headers: { "if-none-match": seen } });
      assert.equal(again.status, 304, `${path} ${seen}`);
      assert.equal(again.text, "");
      assert.equal(again.headers.etag, tag);
    }
    const changed = await send(url, { method: "GET", path, headers: { "if-none-match": '"other"' } });
    assert.equal(changed.status, 200, path);
  }
  const [a, b] = await Promise.all(
    ["/api/v1/offices?q=ba+dinh", "/api/v1/offices?q=dong+da"].map((path) => send(url, { method: "GET", path })),
  );
  assert.notEqual(a?.headers.etag, b?.headers.etag);
});

test("bad input gets 422 with the field named", async () => {
  const long = "a".repeat(10_240);
  const { next } = await get<Offices>("offices", { q: "tp hcm", limit: 5 });
  assert.ok(next);
  for (const [path, expected] of [
    ["offices?lat=999&lon=105", ["lat: out-of-range"]],
    ["offices?lat=-91&lon=181", ["lat: out-of-range", "lon: out-of-range"]],
    ["offices?lat=21", ["lon: missing"]],
    ["offices?lon=105", ["lat: missing"]],
    ["offices?lat=NaN&lon=Infinity", ["lat: not-a-number", "lon: not-a-number"]],
    ["offices?lat=1e1&lon=0x10", ["lat: not-a-number", "lon: not-a-number"]],
    ["offices?limit=-1", ["limit: out-of-range"]],
    ["offices?limit=0", ["limit: out-of-range"]],
    ["offices?limit=51", ["limit: out-of-range"]],
    ["offices?limit=abc", ["limit: not-a-number"]],
    ["offices?limit=2.5", ["limit: not-a-number"]],
    ["offices?limit=99999999999999999999999", ["limit: out-of-range"]],
    [`offices?q=${long}`, ["q: too-long"]],
    [`wards?q=${long}`, ["q: too-long"]],
    ["offices?q=a%00b", ["q: invalid-encoding"]],
    ["offices?q=a%0Ab", ["q: invalid-encoding"]],
    ["offices?q=a%1Bb", ["q: invalid-encoding"]],
    ["offices?q=a%7Fb", ["q: invalid-encoding"]],
    ["offices?q=a%C2%85b", ["q: invalid-encoding"]],
    ["offices?q=%FF", ["q: invalid-encoding"]],
    ["offices?q=%ZZ", ["q: invalid-encoding"]],
    ["offices?q=a&q=b", ["q: duplicate"]],
    ["offices?ward=2674", ["ward: not-valid"]],
    ["offices?ward=2674x", ["ward: not-valid"]],
    ["offices?ward=%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95", ["ward: not-valid"]],
    ["offices?ward=99999", ["ward: unknown"]],
    ["offices?cursor=x", ["cursor: not-valid"]],
    ["offices?cursor=AAAAAAAAAAAAAAAA", ["cursor: not-valid"]],
    [`offices?q=ha+noi&cursor=${next}`, ["cursor: not-valid"]],
    [`wards?q=tp+hcm&cursor=${next}`, ["cursor: not-valid"]],
    ["wards?limit=abc", ["limit: not-a-number"]],
    ["wards?lat=1", ["lat: unknown-field"]],
    ["offices/bhxh-viet-nam?q=1", ["q: unknown-field"]],
    ["wards?%3Cscript%3E=1", [": unknown-field"]],
  ] as const) {
    const answer = await send(url, { method: "GET", path: `/api/v1/${path}` });
    const problem = assertProblem(answer, 422, "invalid-input", path.slice(0, 60));
    assert.deepEqual(fieldErrors(problem), expected, path.slice(0, 60));
  }
});

test("junk that is no error finds nothing, or something, but never fails", async () => {
  for (const q of ["😀", "<script>", "'; DROP TABLE", "\u0301\u0301", "đ", "---", "1".repeat(200), "ﬀ", "\u202e"]) {
    await get<Offices>("offices", { q });
    await get<Wards>("wards", { q });
  }
});

test("an unknown office is not found, and other methods are not taken", async () => {
  for (const id of ["khong-co", "BHXH-VIET-NAM", "..", "a%00", "%FF", "x".repeat(500)]) {
    const answer = await send(url, { method: "GET", path: `/api/v1/offices/${id}` });
    assert.equal(answer.status, 404, id.slice(0, 30));
  }
  const posted = await send(url, { method: "POST", path: "/api/v1/offices", body: "{}" });
  assertProblem(posted, 405, "method-not-allowed", "POST /offices");
});

test("the calls stand in the service's own description", async () => {
  const answer = await send(url, { method: "GET", path: "/api/v1/openapi.json" });
  const { paths, components } = JSON.parse(answer.text) as {
    paths: Record<string, { get: { parameters: { name: string }[] } }>;
    components: { schemas: Record<string, { required: string[] }> };
  };
  const names = paths["/api/v1/offices"]?.get.parameters.map(({ name }) => name);
  assert.deepEqual(names, ["q", "ward", "lat", "lon", "limit", "cursor"]);
  assert.ok(paths["/api/v1/offices/{id}"] && paths["/api/v1/wards"]);
  assert.deepEqual(components.schemas["Wards"]?.required.toSorted(), ["as_of", "wards"]);
});
