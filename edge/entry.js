// A Worker's entry around what worker-build made. A trap in the WebAssembly, or anything else that
// breaks, becomes a problem document or a page with all headers, and never a detail from inside.
// The headers are those of recovery::headers; a test of `edge` holds the two together.
//
// The site's Worker passes on to the desk's what is the desk's, untouched, where one is bound
// (wrangler.toml). The desk's Worker has no such binding and answers by itself.
import { WorkerEntrypoint } from "cloudflare:workers";
import Inner from "./index.js";

/** Seconds until a new instance is up for sure; a page waits so long and tries once more. */
const RETRY_AFTER = 2;

/** What the desk answers: docs/desk.md. */
const OF_DESK = /^\/(?:(?:en\/)?(?:ho-so|ban-lam-viec)|api\/v1\/(?:cases|desk))(?:\/|$)/;
/** The button of a notice: which of the two it is for, the desk can tell. */
const DISOWN = "/api/v1/recoveries/disown";
/** Names the calls of both. */
const DOCUMENT = "/api/v1/openapi.json";
/** Deployed, the desk has a cron trigger of its own. Locally only the Worker at the address can be
 * called: by this name, which no trigger has, it passes the call on. */
const LOCALLY = "desk";
/** The desk has written messages, which the site's Worker sends. Nobody else sees this header. */
const OUTBOX_WAITS = "x-outbox-waits";

/** What a sender is told where there is no desk. */
const NO_LETTERS = "Khong co dia chi nay. / No such address.";

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

/** The same on a page of its own, with ways on that need nothing of us. */
const PAGE = `<!doctype html><html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><meta name="robots" content="noindex"><title>${WORDS.vi[0]}</title></head><body><main>
<h1>${WORDS.vi[0]}</h1><p>Hãy bấm nút Quay lại của trình duyệt và thử lại sau ít phút: những gì bạn đã gõ thường vẫn còn.</p><p><a href="/tong-dai">Gọi tổng đài</a> · <a href="/">Về trang đầu</a></p>
<div lang="en"><h2>${WORDS.en[0]}</h2><p>Use your browser's Back button and try again in a few minutes: what you typed is usually still there.</p><p><a href="/en/tong-dai">Call the hotline</a> · <a href="/en">Home</a></p></div></main></body></html>`;

/** Requests under way. A trap ends the instance that all of them run in. */
const underWay = new Set();

addEventListener("error", ({ error }) => {
  // Work that was waiting when it trapped never comes back by itself.
  if (error instanceof WebAssembly.RuntimeError) for (const fail of underWay) fail(error);
});

/** The work's outcome. Fails where the instance ends under it. */
async function unlessTrapped(work) {
  let fail;
  const trap = new Promise((_, reject) => (fail = reject));
  underWay.add(fail);
  try {
    return await Promise.race([work(), trap]);
  } finally {
    underWay.delete(fail);
  }
}

const isCall = (path) => path.startsWith("/api/");

/** Pages have no slash at their end, here as in the site's own files. */
function withoutSlash(url) {
  const { pathname, search } = new URL(url);
  const { "content-type": _, "retry-after": __, ...headers } = HEADERS;
  return new Response(null, { status: 307, headers: { ...headers, location: pathname.replace(/\/+$/, "") + search } });
}

/** 503, for a program or for a person. */
function away(request, path, event) {
  // Our own word at most: the error's text may hold what a caller sent.
  console.error(JSON.stringify({ event, level: "error" }));
  const answer = (body, headers) => new Response(request.method === "HEAD" ? null : body, { status: 503, headers });
  if (!isCall(path)) return answer(PAGE, { ...HEADERS, "content-type": "text/html; charset=utf-8" });
  const isEnglish = /^en\b/i.test(request.headers.get("accept-language") ?? "");
  const [title, detail] = WORDS[isEnglish ? "en" : "vi"];
  const document = { type: "urn:chiakhoa:problem:try-again", title, status: 503, detail };
  return answer(JSON.stringify(document), HEADERS);
}

export default class extends WorkerEntrypoint {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (this.env.DESK !== undefined) {
      if (OF_DESK.test(pathname)) {
        const isRead = request.method === "GET" || request.method === "HEAD";
        if (isRead && pathname.endsWith("/") && !isCall(pathname)) return withoutSlash(request.url);
        return this.#desk(request, pathname);
      }
      if (pathname === DISOWN && request.method === "POST") return this.#disown(request);
      if (pathname === DOCUMENT && request.method === "GET") return this.#document(request);
    }
    const answer = await this.#own(request, pathname);
    // The address of a page that nobody has: the site's own page says so.
    const isUnknown = answer.status === 404 && answer.headers.get("content-type") === HEADERS["content-type"];
    const isRead = request.method === "GET" || request.method === "HEAD";
    return isUnknown && isRead && !isCall(pathname) ? this.env.ASSETS.fetch(request) : answer;
  }

  /** Mail routing hands letters to the desk's Worker. Locally only the Worker at the address can be
   * called: it passes a letter on, as bytes. */
  async email(message) {
    const { DESK } = this.env;
    const { from, to, rawSize } = message;
    const raw = DESK === undefined ? message.raw : new Uint8Array(await new Response(message.raw).arrayBuffer());
    const refused = await (DESK ?? this).letter({ from, to, rawSize, raw });
    if (refused !== undefined) message.setReject(refused);
  }

  /** A letter, for whoever is bound to this Worker. Gives what its sender is told where it is
   * refused. Throws where the server that hands it over should try again: so does mail routing. */
  async letter({ from, to, rawSize, raw }) {
    const inner = new Inner(this.ctx, this.env);
    if (typeof inner.email !== "function") return NO_LETTERS;
    let refused;
    const stream = raw instanceof Uint8Array ? new Response(raw).body : raw;
    const message = { from, to, rawSize, raw: stream, later: false, setReject: (reason) => (refused = reason) };
    await unlessTrapped(() => inner.email(message));
    if (message.later) throw new Error("try again");
    return refused;
  }

  async scheduled(event) {
    if (event.cron === LOCALLY && this.env.DESK !== undefined) return this.env.DESK.work();
    // A sweep that breaks off is taken up by the next one: rows are leased, not lost.
    await new Inner(this.ctx, this.env).scheduled(event);
  }

  /** The scheduled work, for whoever is bound to this Worker. */
  async work() {
    await new Inner(this.ctx, this.env).scheduled({ cron: LOCALLY, scheduledTime: Date.now() });
  }

  async #own(request, path) {
    try {
      return await unlessTrapped(() => new Inner(this.ctx, this.env).fetch(request));
    } catch {
      return away(request, path, "trap");
    }
  }

  /** While the desk's Worker is away, only what is the desk's is away. */
  async #desk(request, path) {
    let answer;
    try {
      answer = await this.env.DESK.fetch(request);
    } catch {
      return away(request, path, "desk-away");
    }
    // What has none of our headers is somebody else's word for a Worker that broke or is gone.
    const isOurs = answer.status < 500 || answer.headers.has("content-security-policy");
    if (!isOurs) return away(request, path, "desk-away");
    if (!answer.headers.has(OUTBOX_WAITS)) return answer;
    this.ctx.waitUntil(new Inner(this.ctx, this.env).scheduled({ cron: OUTBOX_WAITS, scheduledTime: Date.now() }));
    const bare = new Response(answer.body, answer);
    bare.headers.delete(OUTBOX_WAITS);
    return bare;
  }

  /** While the desk is away a recovery of ours is voided nevertheless; but nobody is told that all
   * is done while a change of contacts may still be running. */
  async #disown(request) {
    const copy = request.clone();
    const answer = await this.#desk(request, DISOWN);
    if (answer.status < 500) return answer;
    const own = await this.#own(copy, DISOWN);
    return own.ok ? answer : own;
  }

  async #document(request) {
    const [own, other] = await Promise.all([this.#own(request, DOCUMENT), this.#desk(request, DOCUMENT)]);
    if (own.status !== 200 || other.status !== 200) return own;
    const [document, desk] = await Promise.all([own.json(), other.json()]);
    Object.assign(document.paths, desk.paths);
    Object.assign(document.components.schemas, desk.components.schemas);
    const headers = new Headers(own.headers);
    headers.delete("content-length");
    return new Response(JSON.stringify(document), { headers });
  }
}
