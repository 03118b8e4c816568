// What the service worker answers and keeps, decided without a browser.
import assert from "node:assert/strict";
import { test } from "node:test";
import { handling, isEnglish, keyOf, type Handling, type Site } from "../../app/workers/_rules.ts";

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
