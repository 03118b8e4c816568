// What the service worker answers and keeps, decided without a browser.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { officeAt, officePage, type Offices } from "../../app/workers/_offices.ts";
import { handling, isEnglish, keyOf, type Handling, type Site } from "../../app/workers/_rules.ts";
import { root } from "../support/server.ts";

const ORIGIN = "https://example.vn";
const SITE: Site = {
  version: "1",
  off: false,
  shell: ["/offline.js", "/manifest.webmanifest"],
  pages: ["/", "/vneid"],
  private: ["/lien-ket", "/tai-khoan"],
  offline: ["/ngoai-tuyen", "/en/ngoai-tuyen"],
};

const how = (url: string, mode = "navigate", method = "GET"): Handling =>
  handling(SITE, ORIGIN, { method, mode, url: new URL(url, ORIGIN).href });

const TABLE: [Handling, ...string[]][] = [
  ["pass", "/api/v1/health", "/api", "/form/email", "/sw.js", "/.well-known/security.txt", "/cdn-cgi/explorer", "https://example.com/", "/captcha.js"],
  ["private", "/lien-ket", "/lien-ket/", "/en/lien-ket", "/tai-khoan/12", "/tai-khoan?x=1", "/en/tai-khoan#x"],
  ["page", "/", "/en", "/vneid", "/en/vneid/", "/co-quan/123", "/co-quan?tinh=1", "/apiary", "/lien-ket-khac"],
  ["fixed", "/browser-efdec1d732174ab8.js", "/browser-efdec1d732174ab8_bg.wasm", "/main-ed8220ab692f4c3a.css", "/finder-ABCD2345.js", "/directory-7QK2ZZ01.bin"],
  ["file", "/offline.js", "/directory.bin", "/manifest.webmanifest"],
];
for (const [expected, ...urls] of TABLE) {
  for (const url of urls) {
    test(`${url} is handled as ${expected}`, () => assert.equal(how(url), expected));
  }
}

test("whatever changes something passes", () => {
  for (const method of ["POST", "PUT", "DELETE", "HEAD"]) assert.equal(how("/vneid", "navigate", method), "pass");
});

test("a script that reads a private page gets it from the network alone", () => {
  assert.equal(how("/lien-ket", "cors"), "pass");
  assert.equal(how("/en/tai-khoan", "same-origin"), "pass");
});

test("pages are kept without closing slash, and known by their language", () => {
  assert.deepEqual(["/", "/vneid/", "/en/"].map(keyOf), ["/", "/vneid", "/en"]);
  assert.deepEqual(["/en", "/en/vneid", "/enigma", "/"].map(isEnglish), [true, true, false, false]);
});

test("an office that was never opened gets without a network the page that the site has", () => {
  for (const base of ["co-quan", "en/co-quan"]) {
    const read = (path: string) => readFileSync(join(root, "dist", path), "utf8");
    const body = (html: string) => html.slice(html.indexOf("<body"));
    const directory = read(`${base}.html`);
    const all = JSON.parse(read(`${base}.json`)) as Offices;
    const ids = readdirSync(join(root, "dist", base)).map((name) => name.replace(".html", ""));
    // What is known and what is not is a page of its own there, kept like any other.
    assert.deepEqual([...Object.keys(all), "du-lieu"].toSorted(), ids.toSorted());
    for (const [id, office] of Object.entries(all)) {
      assert.deepEqual(officeAt(`/${base}/${id}`), { id, page: `/${base}`, all: `/${base}.json` });
      const [made, real] = [officePage(directory, id, office), read(`${base}/${id}.html`)];
      assert.equal(body(made ?? ""), body(real), id);
      const title = (html = "") => /<title>.*?<\/title>/.exec(html)?.[0];
      assert.equal(title(made), title(real), id);
    }
  }
});

test("no other address is taken for an office", () => {
  for (const path of ["/co-quan", "/en/co-quan", "/co-quan/", "/co-quan/a/b", "/co-quan/A", "/vneid", "/xco-quan/a", "/co-quan.json"]) {
    assert.equal(officeAt(path), undefined, path);
  }
});

test("a page that is not as expected gives none", () => {
  for (const page of ["", "<title>a – b</title>", '<h1 tabindex="-1">a</h1>']) {
    assert.equal(officePage(page, "a", ["b", "c"]), undefined);
  }
});
