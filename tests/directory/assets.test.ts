// The Worker reads the directory from the static assets: what happens when they fail.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Miniflare, Response } from "miniflare4";
import { root } from "../support/server.ts";

const build = join(root, "edge/build");
const site = join(root, "dist");

test("without its data the directory says try again, with it answers, and asks for it once", async (t) => {
  const asked: string[] = [];
  let assets = (): Response => new Response("gone", { status: 404 });
  const miniflare = new Miniflare({
    modules: [
      { type: "ESModule", path: join(build, "index.js"), contents: readFileSync(join(build, "index.js"), "utf8") },
      { type: "CompiledWasm", path: join(build, "index_bg.wasm"), contents: readFileSync(join(build, "index_bg.wasm")) },
    ],
    modulesRoot: build,
    compatibilityDate: "2026-07-01",
    // The Worker's log says why the data could not be had; here it is expected.
    handleRuntimeStdio: (out: NodeJS.ReadableStream, error: NodeJS.ReadableStream) => void [out.resume(), error.resume()],
    serviceBindings: {
      ASSETS: (request: { url: string }) => {
        asked.push(new URL(request.url).pathname);
        return assets();
      },
    },
  });
  t.after(() => miniflare.dispose());
  const ask = async (path: string) => miniflare.dispatchFetch(`http://localhost/api/v1/${path}`);

  const [file] = readdirSync(site).filter((name) => /^directory-[0-9a-f]{16}\.bin$/.test(name));
  assert.ok(file, "the site has the data");
  const whole = readFileSync(join(site, file));
  const bent = Buffer.from(whole);
  bent[1_000] = (bent[1_000] ?? 0) ^ 1;
  for (const failing of [
    () => new Response("gone", { status: 404 }),
    () => new Response("<!doctype html>", { headers: { "content-type": "text/html" } }),
    () => new Response(whole.subarray(0, 90_000)),
    () => new Response(bent),
    () => {
      throw new Error("assets are down");
    },
  ]) {
    assets = failing;
    for (const path of ["offices?q=ba+dinh", "offices/bhxh-viet-nam", "wards"]) {
      const answer = await ask(path);
      assert.equal(answer.status, 503, path);
      assert.match(answer.headers.get("content-type") ?? "", /problem\+json/);
      assert.ok(Number(answer.headers.get("retry-after")) > 0);
      assert.equal(answer.headers.get("cache-control"), "no-store");
      assert.match(await answer.text(), /try-again/);
    }
  }
  // What is wrong with the question is said all the same.
  assert.equal((await ask("offices?lat=999&lon=105")).status, 422);

  assets = () => new Response(whole);
  asked.length = 0;
  for (const path of ["offices?q=ba+dinh", "offices/bhxh-viet-nam", "wards"]) {
    const answer = await ask(path);
    assert.equal(answer.status, 200, await answer.text());
  }
  assert.deepEqual(asked, [`/${file}`]);
});
