// Lighthouse on the built site: `cargo xtask lighthouse`. Mobile, three runs each, the median;
// a table in Markdown; fails where a page misses its goal. PAGES="/ /en" measures only those, RUNS=1
// only once. The server is the one of `dev`, which sends gzip to a browser: a little more than the
// brotli of production.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import lighthouse from "lighthouse";
import { Server } from "../support/server.ts";

const root = resolve(import.meta.dirname, "../..");
const RUNS = Number(process.env.RUNS ?? 3);
const { version } = JSON.parse(readFileSync(join(root, "node_modules/lighthouse/package.json"), "utf8"));

/** What every page must reach (issue "The wizard, the guide and the look"). */
const GOALS = {
  performance: { least: 98 },
  accessibility: { least: 100 },
  "best-practices": { least: 100 },
  seo: { least: 100 },
  "LCP ms": { most: 1500 },
  CLS: { most: 0 },
  "TBT ms": { most: 50 },
  KB: { most: 180 },
  requests: { most: 5 },
  foreign: { most: 0 },
};

/** What may come once a page has loaded and is idle. */
const LATER = /^\/(finder|directory)[^/]*$|^\/(offline|sw)\.js$/;

/** Home, each channel, safety, directory and its first office, in both languages. */
function pages() {
  if (process.env.PAGES) return process.env.PAGES.split(/\s+/).filter(Boolean);
  const exists = (path) => existsSync(join(root, "dist", path));
  const found = [];
  for (const prefix of ["", "/en"]) {
    found.push(prefix || "/");
    for (const name of ["email", "tin-nhan", "tong-dai", "vneid", "van-phong", "an-toan", "co-quan"]) {
      if (exists(`.${prefix}/${name}.html`)) found.push(`${prefix}/${name}`);
    }
    const offices = exists(`.${prefix}/co-quan`) ? readdirSync(join(root, `dist${prefix}/co-quan`)) : [];
    const office = offices.filter((name) => name.endsWith(".html")).sort()[0];
    if (office) found.push(`${prefix}/co-quan/${office.replace(".html", "")}`);
  }
  return found;
}

async function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

/** A Chromium of our own with a profile that is thrown away. */
async function browser() {
  const usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
  const path = process.env.CHROMIUM ?? usual.find((candidate) => existsSync(candidate));
  if (!path) throw new Error("no Chromium: set CHROMIUM to its path");
  const port = await freePort();
  const profile = mkdtempSync(join(tmpdir(), "chiakhoa-lighthouse-"));
  const child = spawn(
    path,
    [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
      "--disable-sync", "--no-first-run", `--remote-debugging-port=${port}`, `--user-data-dir=${profile}`, "about:blank",
    ],
    { stdio: "ignore" },
  );
  const end = Date.now() + 30_000;
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/json/version`).catch(() => undefined);
    if (answer?.ok) break;
    if (Date.now() > end) throw new Error("Chromium did not start");
    await new Promise((done) => setTimeout(done, 100));
  }
  const close = async () => {
    const ended = new Promise((done) => child.once("exit", done));
    child.kill();
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  return { port, close };
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** One run. A busy machine loses a trace now and then: that says nothing about the page. */
async function measured(url, port) {
  for (let tries = 1; ; tries += 1) {
    const result = await lighthouse(url, { port, output: "json", logLevel: "error" });
    if (result && !result.lhr.runtimeError) return result;
    if (tries === 3) throw new Error(`${url}: ${result?.lhr.runtimeError?.message}`);
  }
}

/** One run's figures, by the names of the goals. */
function figures({ lhr }, origin) {
  const audit = (id) => lhr.audits[id]?.numericValue ?? 0;
  const all = lhr.audits["network-requests"].details.items;
  const loaded = lhr.audits.metrics.details.items[0].observedLoad;
  // The icon is fetched by the browser's frame, not by the page. The directory's search and data and
  // what keeps the site come when the page is usable already: they do not count where they did.
  const isLater = ({ url, networkRequestTime }) => LATER.test(new URL(url).pathname) && networkRequestTime >= loaded;
  const items = all.filter((item) => /^https?:/.test(item.url) && !isLater(item));
  const score = (id) => Math.round((lhr.categories[id]?.score ?? 0) * 100);
  return {
    performance: score("performance"),
    accessibility: score("accessibility"),
    "best-practices": score("best-practices"),
    seo: score("seo"),
    "LCP ms": Math.round(audit("largest-contentful-paint")),
    CLS: Number(audit("cumulative-layout-shift").toFixed(3)),
    "TBT ms": Math.round(audit("total-blocking-time")),
    KB: Number((items.reduce((sum, { transferSize }) => sum + transferSize, 0) / 1000).toFixed(1)),
    requests: items.length,
    foreign: items.filter(({ url }) => new URL(url).origin !== origin).length,
  };
}

const names = Object.keys(GOALS);
/** A line of a table in Markdown, its columns under each other for whoever reads it as it comes. */
const line = (first, cells) => {
  const rest = cells.map((cell, at) => String(cell).padStart(Math.max(5, names[at].length)));
  return `| ${[first.padEnd(32), ...rest].join(" | ")} |`;
};

const [server, chromium] = await Promise.all([Server.start(), browser()]);
const missed = [];
const report = [];
try {
  console.log(`Lighthouse ${version}, mobile, ${RUNS === 1 ? "one run" : `median of ${RUNS} runs`} each.\n`);
  console.log(line("page", names));
  console.log(line("---", names.map((name) => `${"-".repeat(Math.max(5, name.length) - 1)}:`)));
  for (const path of pages()) {
    const runs = [];
    const complaints = new Set();
    for (let run = 0; run < RUNS; run += 1) {
      const result = await measured(server.url + path, chromium.port);
      runs.push(figures(result, server.url));
      for (const category of ["accessibility", "best-practices", "seo"]) {
        for (const { id, weight } of result.lhr.categories[category].auditRefs) {
          const { score, title } = result.lhr.audits[id];
          if (weight > 0 && score !== null && score < 1) complaints.add(`${path}: ${title}`);
        }
      }
    }
    const row = Object.fromEntries(names.map((name) => [name, median(runs.map((figure) => figure[name]))]));
    for (const [name, { least, most }] of Object.entries(GOALS)) {
      if (row[name] < least || row[name] > most) missed.push(`${path}: ${name} is ${row[name]}, not ${least ? "at least" : "at most"} ${least ?? most}`);
    }
    missed.push(...complaints);
    report.push({ path, ...row });
    console.log(line(path, names.map((name) => row[name])));
  }
} finally {
  await chromium.close();
  await server.stop();
}
const out = join(root, "tests/out");
mkdirSync(out, { recursive: true });
writeFileSync(join(out, "lighthouse.json"), `${JSON.stringify({ runs: RUNS, pages: report }, null, 2)}\n`);
if (missed.length > 0) console.log(`\nmissed:\n${missed.join("\n")}`);
process.exitCode = missed.length === 0 ? 0 : 1;
