// What every file of the site promises, whichever page it is.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { HtmlValidate } from "html-validate";
import { Server, root } from "../support/server.ts";

const dist = join(root, "dist");
const htmlIn = (site: string): string[] =>
  readdirSync(join(root, site), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".html")).sort();
const pages = htmlIn("dist");
/** Every document of both sites; a guide's offices are those of a service. */
const documents = [
  ...pages.map((page) => join("dist", page)),
  ...htmlIn("dist-guide").filter((page) => !page.includes("co-quan/")).map((page) => join("dist-guide", page)),
];
const read = (page: string): string => readFileSync(join(root, page), "utf8");
/** `en/email.html` as people ask for it: `/en/email`. */
const address = (page: string) => `/${page.replace(/(^|\/)index\.html$/, "").replace(/\.html$/, "")}`;

let server: Server;
before(async () => {
  server = await Server.start();
});
after(async () => server?.stop());

test("every page answers at its address without a redirect", async () => {
  for (const page of pages.filter((name) => !name.endsWith("404.html"))) {
    const answer = await fetch(server.url + address(page), { redirect: "manual" });
    assert.equal(answer.status, 200, address(page));
    assert.equal(answer.headers.get("content-type"), "text/html; charset=utf-8", address(page));
    await answer.body?.cancel();
  }
});

test("an unknown page answers 404 with a page of our own", async () => {
  for (const path of ["/khong-co-trang-nay", "/en/no-such-page", "/co-quan/khong-co/gi"]) {
    const answer = await fetch(server.url + path, { headers: { "sec-fetch-mode": "navigate" } });
    assert.equal(answer.status, 404, path);
    assert.match(await answer.text(), /<main/, path);
  }
});

test("every answer carries the security headers", async () => {
  const script = readdirSync(dist).find((name) => name.endsWith(".js"));
  const paths = ["/", "/email", "/en", "/khong-co", `/${script}`, "/api/v1/health", "/api/v1/khong-co"];
  for (const path of paths) {
    const { headers } = await fetch(server.url + path);
    const policy = headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'none'/, path);
    assert.doesNotMatch(policy, /'unsafe-inline'|'unsafe-eval'|https?:|\*/, path);
    assert.match(policy, /frame-ancestors 'none'/, path);
    assert.equal(headers.get("x-content-type-options"), "nosniff", path);
    assert.equal(headers.get("referrer-policy"), "no-referrer", path);
    assert.match(headers.get("strict-transport-security") ?? "", /max-age=\d{8}/, path);
    assert.equal(headers.get("cross-origin-opener-policy"), "same-origin", path);
    assert.equal(headers.get("cross-origin-resource-policy"), "same-origin", path);
    assert.match(headers.get("permissions-policy") ?? "", /camera=\(\)/, path);
  }
});

test("every page's HTML is valid", async () => {
  const check = new HtmlValidate({
    extends: ["html-validate:recommended"],
    rules: {
      // The framework writes markers and spaces that hydration needs byte for byte.
      "no-trailing-whitespace": "off",
      "void-style": "off",
      "tel-non-breaking": "off",
      "attribute-boolean-style": "off",
      "attribute-empty-style": "off",
      "doctype-style": "off",
      // Four reception points have names longer than search engines show; names are not cut.
      "long-title": ["error", { maxlength: 110 }],
      // The one inline script is allowed by its hash.
      "no-inline-style": "error",
    },
  });
  const wrong: string[] = [];
  for (const page of documents) {
    // `<!>`, the framework's marker, is an empty comment to a browser; the checker cannot read it.
    const html = read(page).replaceAll("<!>", "<!---->");
    const report = await check.validateString(html, page);
    for (const result of report.results) {
      for (const { ruleId, message, line, column } of result.messages) {
        wrong.push(`${page}:${line}:${column} ${ruleId}: ${message}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
});

test("no page names a third party's resource", () => {
  for (const page of documents) {
    const html = read(page);
    for (const [, url] of html.matchAll(/<(?:script|link|img|iframe|source)[^>]*?(?:src|href)="([^"]*)"/g)) {
      const isCanonical = html.includes(`rel="canonical" href="${url}"`) || html.includes(`hreflang`);
      assert.ok(url?.startsWith("/") || url?.startsWith("data:") || isCanonical, `${page}: ${url}`);
    }
    assert.doesNotMatch(html, /\sstyle="/, page);
    assert.doesNotMatch(html, /\son[a-z]+="/, page);
  }
});

test("every form works without WebAssembly and never puts what was typed into an address", () => {
  for (const page of documents) {
    const html = read(page);
    for (const [form] of html.matchAll(/<form[^>]*>/g)) {
      // A search field holds no personal data.
      if (form.includes('role="search"')) continue;
      assert.match(form, /method="post"/, `${page}: ${form}`);
      assert.match(form, /action="\/form\//, `${page}: ${form}`);
    }
  }
});
