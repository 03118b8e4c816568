// What the service worker does with a request: decided by method, address and the build's own
// list alone, so that it can be tested without a browser.

/** What the build writes into the first line of `sw.js` (app/src/site). */
export interface Site {
  /** Changes with every byte of what is kept. */
  version: string;
  /** `true` ends offline use everywhere: the worker empties its caches and goes. */
  off: boolean;
  /** Files of the shell: hashed ones, the directory's data, icons. */
  shell: string[];
  /** Pages that are kept from the start. */
  pages: string[];
  /** Pages inside a recovery, an account, the desk: never kept, in either language. */
  private: string[];
  /** The page shown without a network: Vietnamese, English. */
  offline: [string, string];
}

/**
 * - `pass`: the browser's own business; nothing is answered, nothing kept.
 * - `private`: from the network or not at all.
 * - `page`: from the network, from the copy where that takes too long.
 * - `fixed`: from the copy; the name changes with the content.
 * - `file`: like a page, without a page to show in its place.
 */
export type Handling = "pass" | "private" | "page" | "fixed" | "file";

/** A name with a hash of Trunk's (`-0a1b2c3d4e5f6071.js`, `…_bg.wasm`) or esbuild's (`-ABCD2345.js`). */
const HASHED = /[-.]([0-9a-f]{12,}(_bg)?|[0-9A-Z]{8})\.\w+$/;

/** The language whose words fit an address. */
export const isEnglish = (path: string): boolean => path === "/en" || path.startsWith("/en/");

/** The path as pages are kept under: no query, no closing slash. */
export const keyOf = (path: string): string => path.replace(/(.)\/+$/, "$1");

export function handling(site: Site, origin: string, request: { method: string; url: string; mode: string }): Handling {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== origin) return "pass";
  const path = keyOf(url.pathname);
  if (/^\/(api|form|cdn-cgi|\.well-known)(\/|$)/.test(path) || path === "/sw.js") return "pass";
  const inside = isEnglish(path) ? path.slice(3) : path;
  if (site.private.some((page) => inside === page || inside.startsWith(`${page}/`))) {
    return request.mode === "navigate" ? "private" : "pass";
  }
  if (HASHED.test(path)) return "fixed";
  if (site.shell.includes(path) || /^\/directory[^/]*\.bin$/.test(path)) return "file";
  return /\.\w+$/.test(path) ? "pass" : "page";
}
