// The site without a network: the shell, the guide and the directory, never anything of a person.
// `_rules.ts` says what is kept; answers of `/api/` and `/form/` and the pages inside a recovery
// are not, whatever happens. The build writes `self.SITE` in front of this file.
import { officeAt, officePage, type Offices } from "./_offices.ts";
import { handling, isEnglish, keyOf, type Site } from "./_rules.ts";

interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Lasting {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Scope {
  SITE: Site;
  location: Location;
  registration: { unregister(): Promise<boolean> };
  clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listener: (event: Lasting) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetching) => void): void;
}

const scope = self as unknown as Scope;
const site = scope.SITE;
/** What every visitor has alike. */
const SITE_CACHE = `chiakhoa-site-${site.version}`;
/** Pages beside those, such as offices, that this device has opened. */
const VISITED = `chiakhoa-visited-${site.version}`;
/** How many of them; the oldest go first. */
const VISITED_LIMIT = 60;
/** How long the network may take before the copy is shown, ms. */
const PATIENCE = 2_500;

/** Keeps a copy that says when it was made; only a plain, whole answer is kept. */
async function keep(name: string, key: string, answer: Response): Promise<void> {
  if (answer.status !== 200 || answer.redirected || answer.type !== "basic") return;
  const headers = new Headers(answer.headers);
  // The body is decoded already. The page reads the date by `serverTiming`.
  headers.delete("content-encoding");
  headers.delete("content-length");
  headers.set("server-timing", `kept;desc="${new Date().toISOString()}"`);
  const cache = await caches.open(name);
  await cache.put(key, new Response(await answer.blob(), { headers }));
  if (name !== VISITED) return;
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - VISITED_LIMIT)).map((old) => cache.delete(old)));
}

/** Without cookies: nothing that is kept may depend on who asks. */
async function fetchAndKeep(path: string): Promise<void> {
  await keep(SITE_CACHE, path, await fetch(path, { cache: "no-cache", credentials: "omit" }));
}

async function install(): Promise<void> {
  await scope.skipWaiting();
  if (site.off) return;
  const cache = await caches.open(SITE_CACHE);
  await cache.addAll(site.shell);
  await Promise.all(site.offline.map(fetchAndKeep));
  // A few at a time: the person's own requests go first. What is missed is kept when visited.
  const rest = [...site.pages];
  const some = async (): Promise<void> => {
    for (let path = rest.shift(); path !== undefined; path = rest.shift()) await fetchAndKeep(path).catch(() => {});
  };
  await Promise.all([some(), some()]);
}

async function activate(): Promise<void> {
  const mine = site.off ? [] : [SITE_CACHE, VISITED];
  const names = await caches.keys();
  await Promise.all(names.filter((name) => !mine.includes(name)).map((name) => caches.delete(name)));
  if (site.off) await scope.registration.unregister();
  else await scope.clients.claim();
}

/** The page of an office that was never opened, with the date of what it is made of. */
async function office(path: string): Promise<Response | undefined> {
  const asked = officeAt(path);
  if (asked === undefined) return undefined;
  const [page, all] = await Promise.all([caches.match(asked.page), caches.match(asked.all)]);
  if (page === undefined || all === undefined) return undefined;
  const known = new Map(Object.entries((await all.json()) as Offices)).get(asked.id);
  const html = known && officePage(await page.text(), asked.id, known);
  return html === undefined ? undefined : new Response(html, { headers: page.headers });
}

/** The honest page: what still works, and the numbers to call. */
async function offline(path: string): Promise<Response> {
  const kept = await caches.match(site.offline[isEnglish(path) ? 1 : 0]);
  if (kept === undefined) return Response.error();
  return new Response(kept.body, { status: 503, headers: kept.headers });
}

/** From the network; from the copy where that fails or takes too long. */
async function networkFirst(event: Fetching, isPage: boolean): Promise<Response> {
  const path = keyOf(new URL(event.request.url).pathname);
  const copy = await caches.match(path);
  const network = fetch(event.request).then((answer) => {
    const name = !isPage || site.pages.includes(path) ? SITE_CACHE : VISITED;
    const copied = answer.clone();
    event.waitUntil(keep(name, path, copied).catch(() => {}));
    return answer;
  });
  if (copy === undefined) {
    return network.catch(async () => {
      const made = isPage ? await office(path).catch(() => undefined) : undefined;
      return made ?? (isPage && event.request.mode === "navigate" ? offline(path) : Response.error());
    });
  }
  const late = new Promise<Response>((resolve) => setTimeout(() => resolve(copy), PATIENCE));
  // A server in trouble is no better than none.
  const good = network.then((answer) => (answer.status >= 500 ? copy : answer)).catch(() => copy);
  event.waitUntil(good);
  return Promise.race([good, late]);
}

async function cacheFirst(event: Fetching): Promise<Response> {
  const copy = await caches.match(event.request, { ignoreSearch: true });
  if (copy !== undefined) return copy;
  const answer = await fetch(event.request);
  if (answer.status === 200 && answer.type === "basic") {
    const copied = answer.clone();
    event.waitUntil(caches.open(SITE_CACHE).then((cache) => cache.put(event.request, copied)).catch(() => {}));
  }
  return answer;
}

scope.addEventListener("install", (event) => event.waitUntil(install()));
scope.addEventListener("activate", (event) => event.waitUntil(activate()));
if (!site.off) {
  scope.addEventListener("fetch", (event) => {
    const { request } = event;
    switch (handling(site, scope.location.origin, request)) {
      case "private":
        return event.respondWith(fetch(request).catch(() => offline(new URL(request.url).pathname)));
      case "page":
        return event.respondWith(networkFirst(event, true));
      case "file":
        return event.respondWith(networkFirst(event, false));
      case "fixed":
        return event.respondWith(cacheFirst(event));
      case "pass":
    }
  });
}
