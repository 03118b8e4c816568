// The Worker's entry around what worker-build made: a trap in the WebAssembly, or anything else
// that breaks, becomes a problem document with all headers, and never a detail from inside.
// The headers are those of recovery::headers; a test of `edge` holds the two together.
import { WorkerEntrypoint } from "cloudflare:workers";
import Inner from "./index.js";

/** Seconds until a new instance is up for sure; a page waits so long and tries once more. */
const RETRY_AFTER = 2;

const HEADERS = {
  "content-type": "application/problem+json",
  "cache-control": "no-store",
  "retry-after": String(RETRY_AFTER),
  "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "strict-transport-security": "max-age=31536000; includeSubDomains",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=(), browsing-topics=()",
  "reporting-endpoints": 'csp="/api/v1/csp-report"',
};

const WORDS = {
  vi: ["Hệ thống tạm thời không trả lời", "Hãy thử lại sau ít phút; những gì bạn đã nhập vẫn còn trên trang."],
  en: ["The service does not answer right now", "Try again in a few minutes; what you typed is kept on the page."],
};

/** Requests under way. A trap ends the instance that all of them run in. */
const underWay = new Set();

addEventListener("error", ({ error }) => {
  // Work that was waiting when it trapped never comes back by itself.
  if (error instanceof WebAssembly.RuntimeError) for (const fail of underWay) fail(error);
});

function problem(request) {
  // The name of the error at most: its text may hold what a caller sent.
  console.error(JSON.stringify({ event: "trap", level: "error" }));
  const isEnglish = /^en\b/i.test(request.headers.get("accept-language") ?? "");
  const [title, detail] = WORDS[isEnglish ? "en" : "vi"];
  const document = { type: "urn:chiakhoa:problem:try-again", title, status: 503, detail };
  const body = request.method === "HEAD" ? null : JSON.stringify(document);
  return new Response(body, { status: 503, headers: HEADERS });
}

export default class extends WorkerEntrypoint {
  async fetch(request) {
    let fail;
    const trap = new Promise((_, reject) => (fail = reject));
    underWay.add(fail);
    try {
      return await Promise.race([new Inner(this.ctx, this.env).fetch(request), trap]);
    } catch {
      return problem(request);
    } finally {
      underWay.delete(fail);
    }
  }

  async scheduled(event) {
    // A sweep that breaks off is taken up by the next one: rows are leased, not lost.
    await new Inner(this.ctx, this.env).scheduled(event);
  }
}
