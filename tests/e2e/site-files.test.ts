// What the site has beside its pages.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Server } from "../support/server.ts";

let server: Server;
before(async () => {
  server = await Server.start();
});
after(async () => server?.stop());

const get = (path: string) => fetch(server.url + path, { redirect: "manual" });

interface Manifest {
  name: string;
  lang: string;
  start_url: string;
  icons: { src: string; sizes: string; purpose: string }[];
  shortcuts: { name: string; url: string }[];
}

test("the manifest can be installed: name, icons of the size they say, shortcuts that lead somewhere", async () => {
  const answer = await get("/manifest.webmanifest");
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get("content-type") ?? "", /^application\/manifest\+json/);
  const manifest = (await answer.json()) as Manifest;
  assert.match(manifest.name, /^Chìa Khoá/);
  assert.equal(manifest.lang, "vi");
  assert.deepEqual(new Set(manifest.icons.map(({ sizes, purpose }) => `${sizes} ${purpose}`)), new Set(["192x192 any", "512x512 any", "512x512 maskable"]));
  for (const { src, sizes } of manifest.icons) {
    const png = Buffer.from(await (await get(src)).arrayBuffer());
    assert.equal(png.toString("latin1", 1, 4), "PNG", src);
    assert.equal(`${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`, sizes, src);
  }
  assert.ok(manifest.shortcuts.length >= 4);
  for (const { url } of [...manifest.shortcuts, { url: manifest.start_url }]) assert.equal((await get(url)).status, 200, url);
});

test("every page names icons and colours of its own", async () => {
  const html = await (await get("/en/vneid")).text();
  for (const part of ['rel="apple-touch-icon"', 'rel="icon" href="data:image/svg+xml', "prefers-color-scheme: dark"]) {
    assert.ok(html.includes(part), part);
  }
  assert.equal((await get("/icons/apple-touch.png")).headers.get("content-type"), "image/png");
});

test("the service worker is asked for anew each time and may run nothing foreign", async () => {
  const answer = await get("/sw.js");
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get("content-type") ?? "", /javascript/);
  assert.match(answer.headers.get("cache-control") ?? "", /no-cache/);
  assert.match(answer.headers.get("content-security-policy") ?? "", /default-src 'none'/);
  const script = await answer.text();
  assert.match(script, /^self\.SITE=\{version:"[0-9a-f]{16}",off:false,/);
  const [, list] = /shell:(\[[^\]]*\])/.exec(script) ?? [];
  const shell = JSON.parse(list ?? "[]") as string[];
  for (const ending of [".wasm", ".css", ".js", ".webmanifest"]) assert.ok(shell.some((path) => path.endsWith(ending)), ending);
  for (const path of shell) assert.equal((await get(path)).status, 200, path);
});

test("security.txt names a contact or says that there is none, and expires within a year", async () => {
  const answer = await get("/.well-known/security.txt");
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get("content-type") ?? "", /^text\/plain/);
  const text = await answer.text();
  assert.match(text, /^(Contact: (mailto:|https:|tel:)\S+|# Nobody has put a name)/);
  const [, expires] = /^Expires: (\S+)$/m.exec(text) ?? [];
  const days = (Date.parse(expires ?? "") - Date.now()) / 86_400_000;
  assert.ok(days > 0 && days < 365, `expires in ${days} days`);
});

test("a password manager's change-password leads to a page of ours", async () => {
  const answer = await get("/.well-known/change-password");
  assert.ok([302, 303, 307].includes(answer.status), String(answer.status));
  const target = answer.headers.get("location") ?? "";
  assert.match(target, /^\//);
  assert.equal((await get(target)).status, 200);
  assert.equal((await get("/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200")).status, 404);
});

test("robots.txt is of the simple kind", async () => {
  const text = await (await get("/robots.txt")).text();
  assert.match(text, /^User-agent: \*\nDisallow: \/api\/\nDisallow: \/form\/\n(Sitemap: https:\/\/\S+\n)?$/);
});

test("no release has the pattern page, nor says anything of it", async () => {
  assert.equal((await get("/mau")).status, 404);
  assert.equal((await get("/mau.html")).status, 404);
  assert.doesNotMatch(await (await get("/sw.js")).text(), /\/mau/);
});
