// What a screen reader is told of every page, in both languages and both modes: landmarks, headings,
// fields and buttons in their order, held against the files in `tests/aria`. After a change that is
// meant, `UPDATE_ARIA=1 cargo xtask test aria` writes them anew; the difference shows in the commit.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { hydrated, launch, open } from "../support/browser.ts";
import { broken, difference, outline, read, written } from "../support/outline.ts";
import { PATTERN, SITES, type Site, addresses, isStill, withPattern } from "../support/pages.ts";
import { Server, root } from "../support/server.ts";

const UPDATE = (process.env["UPDATE_ARIA"] ?? "") !== "";
const isEnglish = (path: string): boolean => /^\/en(\/|$)/.test(path);
/** Nobody has an account or a page here; the answer is the page for unknown addresses. */
const UNKNOWN = ["/khong-co-trang-nay", "/en/khong-co-trang-nay"];

let browser: Browser;
before(async () => {
  browser = await launch();
});
after(async () => browser?.close());

/** The outlines of all pages of a site, by address. */
async function outlines(site: Site): Promise<Map<string, Awaited<ReturnType<typeof outline>>>> {
  await using server = await Server.start(site === "guide" ? { site: SITES.guide } : {});
  const { page } = await open(browser, server.url);
  await withPattern(page);
  // What comes when the browser is idle would make the moment matter.
  for (const late of ["**/finder.js", "**/offline.js"]) await page.route(late, (route) => route.abort());
  const all = new Map<string, Awaited<ReturnType<typeof outline>>>();
  for (const path of [...addresses(site), ...UNKNOWN, PATTERN]) {
    await page.goto(path);
    if (!isStill(path)) await hydrated(page);
    // It first asks whether anybody is signed in.
    if (site === "service" && path.endsWith("/tai-khoan")) await page.locator("main a.button").waitFor();
    all.set(path, await outline(page));
  }
  await page.context().close();
  return all;
}

for (const site of ["service", "guide"] as const) {
  test(`every page of a ${site} has the landmarks, headings, fields and buttons that are on file`, async () => {
    const all = await outlines(site);
    const wrong = [...all].flatMap(([path, nodes]) => broken(nodes).map((what) => `${path}: ${what}`));
    assert.deepEqual(wrong, []);
    for (const lang of ["vi", "en"]) {
      const lines: string[] = [];
      for (const [path, nodes] of all) {
        if (path === PATTERN || isEnglish(path) !== (lang === "en")) continue;
        lines.push(path, ...written(nodes).map((line) => `  ${line}`), "");
      }
      const file = `tests/aria/${site}.${lang}.txt`;
      if (UPDATE) {
        mkdirSync(join(root, "tests/aria"), { recursive: true });
        writeFileSync(join(root, file), lines.join("\n"));
      }
      const expected = readFileSync(join(root, file), "utf8").split("\n");
      const changed = difference(expected, lines);
      assert.ok(changed === "", `${file} says otherwise (meant? UPDATE_ARIA=1 cargo xtask test aria):\n${changed}`);
    }
  });
}

test("the rules catch what they are for", () => {
  const page = (inside: string) =>
    read(`- banner:\n  - navigation "Help"\n- main:\n${inside}\n- contentinfo:\n  - navigation "Links"`);
  const heading = (level: number, name = "x") => `  - heading "${name}" [level=${level}]`;
  assert.deepEqual(broken(page(heading(1))), []);
  assert.deepEqual(broken(page(`${heading(1)}\n${heading(3)}`)), ["a heading of level 3 after one of level 1"]);
  assert.deepEqual(broken(page(`${heading(1)}\n${heading(1)}`)), ["2 headings of level 1"]);
  assert.deepEqual(broken(page(`${heading(2)}\n${heading(1)}`)), ["the first heading is of level 2"]);
  assert.deepEqual(broken(page(`${heading(1)}\n  - button`)), ["a button without a name"]);
  assert.deepEqual(broken(page(`${heading(1)}\n  - navigation "Help"`)), ["navigation: two of the same name (Help, Help, Links)"]);
  assert.deepEqual(broken(read(`- main:\n${heading(1)}`)), [
    "landmarks of the page: main", "0 × banner", "0 × contentinfo", "no navigation",
  ]);
});

test("a name with quotes, colons or backslashes is read as it is", () => {
  const nodes = read(`- main:\n  - 'heading "Gọi rồi? \\"Máy\\": ''nói'' gì?" [level=1]':\n    - text: x\n  - button "Gửi"`);
  assert.deepEqual(written(nodes), ["main", "  heading 1 “Gọi rồi? \"Máy\": 'nói' gì?”", "  button “Gửi”"]);
});

test("a difference shows what changed and a little around it, nothing else", () => {
  const before = ["a", "b", "c", "d", "e", "f", "g"];
  assert.equal(difference(before, before), "");
  assert.equal(difference(before, ["a", "b", "c", "x", "e", "f", "g"]), "  b\n  c\n- d\n+ x\n  e\n  f");
  assert.equal(difference(["a"], ["a", "b"]), "  a\n+ b");
});
