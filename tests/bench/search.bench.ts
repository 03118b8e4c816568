// The directory's search beside three JavaScript engines: one run, the same names, the same
// queries, every keystroke. All engines get their text folded already (no accents, small letters)
// and the district and province beside each name, which is the kindest set-up for them.
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Document } from "flexsearch";
import Fuse from "fuse.js";
import MiniSearch from "minisearch";
import { root, xtask } from "../support/server.ts";

const { values } = parseArgs({
  options: { every: { type: "string", default: "12" }, wasm: { type: "string" } },
});
/** Every so many-th query is typed out letter by letter: Fuse.js needs its time. */
const EVERY = Number(values.every);
const LIMIT = 10;

interface Entry {
  id: number;
  /** `ward 26740`, as our own search answers. */
  key: string;
  name: string;
  around: string;
}

interface Engine {
  name: string;
  /** Milliseconds to get ready. */
  ready: number;
  search: (text: string) => string[];
}

const fold = (text: string): string =>
  text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();

/** Rows of a table without quoted line breaks, which is what our data are. */
function rows(file: string): Record<string, string>[] {
  const text = readFileSync(join(root, "offices/data", file), "utf8");
  const split = (line: string): string[] =>
    [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)]
      .map((m) => (m[1] ?? "").replace(/^"|"$/g, "").replaceAll('""', '"'))
      .slice(0, -1);
  const [head = "", ...lines] = text.trimEnd().split("\n");
  const names = split(head);
  return lines.map((line) => {
    const cells = split(`${line},`);
    return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? ""]));
  });
}

const entries: Entry[] = [];
const known = new Map<string, number>();
function add(key: string, name: string, around: string): void {
  if (known.has(key)) return;
  known.set(key, entries.length);
  entries.push({ id: entries.length, key, name: fold(name), around: fold(around) });
}

/** Keys by kind, name and surroundings, for the expected answers. */
const keys = new Map<string, string[]>();
function expect(kind: string, name: string, within: string, key: string): void {
  const at = [kind, name, within].join("\t");
  const list = keys.get(at) ?? [];
  if (!list.includes(key)) list.push(key);
  keys.set(at, list);
}

for (const row of rows("provinces.csv")) {
  const kind = row["type"] === "tỉnh" ? "Tỉnh" : "Thành phố";
  const name = `${kind} ${row["name_vi"]}`;
  const old = row["system"] === "old63";
  const key = `${old ? "old-province" : "province"} ${row["code"]}`;
  add(key, name, "");
  expect(old ? "old-province" : "province", name, "", key);
}
for (const row of rows("wards_34.csv")) {
  const name = row["full_name_vi"] ?? "";
  const province = row["province_vi"] ?? "";
  add(`ward ${row["ward_code"]}`, name, province);
  for (const kind of ["Tỉnh", "Thành phố"]) {
    expect("ward", name, `${kind} ${province}`, `ward ${row["ward_code"]}`);
  }
}
for (const row of rows("old_ward_to_new_ward.csv")) {
  const [district = "", province = "", ward = ""] = [row["old_district"], row["old_province"], row["old_ward"]];
  add(`district ${row["old_district_code"]}`, district, province);
  expect("district", district, province, `district ${row["old_district_code"]}`);
  if (ward === "") continue;
  const key = `old-ward ${row["old_ward_code"]}`;
  add(key, ward, `${district} ${province} ${row["new_province"]}`);
  expect("old-ward", ward, district, key);
  expect("homonyms", ward, province, key);
}
for (const row of rows("offices.csv")) {
  const key = `office ${row["id"]}`;
  add(key, row["name_vi"] ?? "", `${row["former_name"]} bhxh`);
  expect("office", row["id"] ?? "", "", key);
}

const table = readFileSync(join(root, "offices/tests/queries.tsv"), "utf8").trimEnd().split("\n");
const questions = table.filter((line) => !line.startsWith("#")).map((line) => {
  const [text = "", ...expected] = line.split("\t");
  return { text, wanted: keys.get(expected.join("\t")) ?? [] };
});
const lost = questions.filter((q) => q.wanted.length === 0);
if (lost.length > 0) throw new Error(`no entry for: ${lost.map((q) => q.text).join("; ")}`);
const typed = questions
  .filter((_, i) => i % EVERY === 0)
  .flatMap(({ text }) => [...text].map((_, i, letters) => letters.slice(0, i + 1).join("")));

function timed<T>(work: () => T): [T, number] {
  const begun = performance.now();
  const result = work();
  return [result, performance.now() - begun];
}

function ours(): Engine {
  const directory = values.wasm ?? execFileSync(xtask(), ["offices", "wasm"], { cwd: root, encoding: "utf8" }).trim();
  const { Finder } = createRequire(import.meta.url)(join(directory, "offices_wasm.js"));
  const bytes = new Uint8Array(readFileSync(join(root, "offices/data/directory.bin")));
  const [finder, ready] = timed(() => Finder.open(bytes));
  const search = (text: string): string[] =>
    (finder.search(text, LIMIT) as string).trimEnd().split("\n").flatMap((line) => {
      const [kind, ...codes] = line.split(" ");
      return kind === "homonyms" ? [codes.map((code) => `old-ward ${code}`).join(" ")] : [line];
    });
  return { name: "ours, WebAssembly", ready, search };
}

function fuse(): Engine {
  const options = { keys: [{ name: "name", weight: 2 }, "around"], threshold: 0.3, ignoreLocation: true };
  const [engine, ready] = timed(() => new Fuse(entries, options));
  const search = (text: string): string[] =>
    engine.search(fold(text), { limit: LIMIT }).map((hit) => hit.item.key);
  return { name: "Fuse.js 7.5.0", ready, search };
}

function miniSearch(): Engine {
  const [engine, ready] = timed(() => {
    const index = new MiniSearch<Entry>({
      fields: ["name", "around"],
      storeFields: ["key"],
      searchOptions: { boost: { name: 2 }, prefix: true, fuzzy: 0.2, combineWith: "OR" },
    });
    index.addAll(entries);
    return index;
  });
  const search = (text: string): string[] =>
    engine.search(fold(text)).slice(0, LIMIT).map((hit) => String(hit["key"]));
  return { name: "MiniSearch 7.2.0", ready, search };
}

function flexSearch(): Engine {
  const [engine, ready] = timed(() => {
    const index = new Document({ document: { id: "id", index: ["name", "around"] }, tokenize: "forward" });
    for (const entry of entries) index.add({ ...entry, name: `${entry.name} ${entry.around}` });
    return index;
  });
  const search = (text: string): string[] => {
    const found = engine.search(fold(text), { limit: LIMIT, merge: true, suggest: true }) as { id: number }[];
    return found.slice(0, LIMIT).map((hit) => entries[hit.id]?.key ?? "");
  };
  return { name: "FlexSearch 0.8.212", ready, search };
}

function share(sorted: number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

/** Shares of queries, in percent, whose answer comes first and among the first five. */
function recall(engine: Engine): { one: number; five: number } {
  let [one, five] = [0, 0];
  for (const { text, wanted } of questions) {
    const found = engine.search(text).slice(0, 5);
    const place = found.findIndex((key) => wanted.some((w) => key.split(/ (?=old-ward )/).includes(w)));
    if (place === 0) one += 1;
    if (place >= 0) five += 1;
  }
  return { one: (100 * one) / questions.length, five: (100 * five) / questions.length };
}

/** What one search takes: the better of two times, unless the first was long enough to be sure. */
function cost(engine: Engine, text: string): number {
  const first = timed(() => engine.search(text))[1];
  return first > 20 ? first : Math.min(first, timed(() => engine.search(text))[1]);
}

console.log(`${entries.length} names, ${questions.length} queries, ${typed.length} keystrokes`);
console.log("engine".padEnd(20), ["ready ms", "p50 ms", "p99 ms", "recall@1", "recall@5"].map((h) => h.padStart(9)).join(""));
const measured = [ours, flexSearch, miniSearch, fuse].map((make) => {
  const engine = make();
  // All queries once: recall, and the compiler of the engine gets warm.
  const found = recall(engine);
  const times = typed.map((text) => cost(engine, text));
  times.sort((a, b) => a - b);
  const result = { ...engine, p50: share(times, 0.5), p99: share(times, 0.99), ...found };
  const cells = [result.ready.toFixed(1), result.p50.toFixed(3), result.p99.toFixed(3), `${result.one.toFixed(1)} %`, `${result.five.toFixed(1)} %`];
  console.log(result.name.padEnd(20), cells.map((c) => c.padStart(9)).join(""));
  return result;
});
const [mine, ...others] = measured;
if (mine === undefined || others.some((o) => o.five >= mine.five)) {
  console.error("an engine finds as much as ours");
  process.exitCode = 1;
}
if (mine !== undefined && others.some((o) => o.p50 < mine.p50 && o.p99 < mine.p99)) {
  console.error("an engine is faster than ours");
  process.exitCode = 1;
}
