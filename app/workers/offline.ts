// Comes after everything else (early.js): brings manifest and service worker, and says politely what does
// not work just now: no network, or no WebAssembly. All of it stands outside of `#app`, which the
// page's own program takes over by walking its tree.

interface Place extends HTMLElement {
  /** What is said at present. */
  said?: string;
}

const page = window as unknown as { chiakhoa?: { ready: boolean } };
const root = document.documentElement;
const isOfflinePage = root.dataset["offline"] !== undefined;
/** How long the page's program may take to begin, ms: a slow telephone on a slow network. */
const PROGRAM = 20_000;

const WORDS = {
  vi: {
    offline: "Không có mạng: bạn đang xem bản đã lưu.",
    dated: "Không có mạng: bạn đang xem bản đã lưu ngày {}.",
    call: "Vẫn gọi điện được; biểu mẫu thì phải chờ có mạng.",
    broken:
      "Trình duyệt này không chạy được phần tự động của trang. Vẫn đọc, gọi điện và chép tay được; biểu mẫu và ô tìm kiếm thì không.",
  },
  en: {
    offline: "No network: you are reading a saved copy.",
    dated: "No network: you are reading a copy saved on {}.",
    call: "Calls still work; forms must wait for the network.",
    broken:
      "This browser cannot run the automatic part of this page. Reading, calling and copying by hand work; forms and search do not.",
  },
};

/** When the copy on the screen was made; nothing where the page came from the network. */
function keptAt(entries: readonly PerformanceServerTiming[] | undefined): string | undefined {
  return entries?.find(({ name }) => name === "kept")?.description;
}

/** When the copy of this address was made, whether it is on the screen or not. */
async function copiedAt(): Promise<string | undefined> {
  if (!("caches" in window)) return undefined;
  const copy = await caches.match(location.pathname.replace(/(.)\/+$/, "$1"));
  return /desc="([^"]+)"/.exec(copy?.headers.get("server-timing") ?? "")?.[1];
}

const place: Place = document.createElement("div");
place.className = "net";
place.setAttribute("role", "status");
document.body.prepend(place);

const navigation = performance.getEntriesByType?.("navigation")[0] as PerformanceNavigationTiming | undefined;
/** Until the network is heard of again. */
let shown = keptAt(navigation?.serverTiming);

async function tell(): Promise<void> {
  if (isOfflinePage) return;
  const words = WORDS[root.lang === "en" ? "en" : "vi"];
  let text = "";
  if (!navigator.onLine || shown !== undefined) {
    const at = shown ?? (await copiedAt().catch(() => undefined));
    const day = at && new Date(at).toLocaleDateString(root.lang === "en" ? "en-GB" : "vi-VN");
    text = `${day ? words.dated.replace("{}", day) : words.offline} ${words.call}`;
  } else if (typeof WebAssembly !== "object" || performance.now() > PROGRAM) {
    if (!page.chiakhoa?.ready) text = words.broken;
  }
  if (text === place.said) return;
  place.said = text;
  place.replaceChildren();
  if (text === "") return;
  const line = document.createElement("p");
  line.className = "banner";
  line.textContent = text;
  place.append(line);
  if (text !== words.broken) return;
  // Whoever has pressed the button waits beside it, and looks there.
  for (const note of document.querySelectorAll("[data-waiting] [data-wait-note]")) note.textContent = text;
}

const soon = (): void => void tell();
addEventListener("offline", soon);
addEventListener("chiakhoa:ready", soon);
/** Loads this address again once it really answers: browsers say “online” of any cable or café. */
async function again(): Promise<void> {
  // No GET, so that no copy answers in the network's place.
  const answer = await fetch(location.pathname, { method: "HEAD", cache: "no-store" }).catch(() => undefined);
  if (answer !== undefined) location.reload();
}

addEventListener("online", () => {
  shown = undefined;
  soon();
  if (isOfflinePage) return void again();
  navigator.serviceWorker?.getRegistration().then((registration) => registration?.update()).catch(() => {});
});
// A live region must stand there before it speaks.
setTimeout(soon, 100);
setTimeout(soon, Math.max(0, PROGRAM + 100 - performance.now()));

if (isOfflinePage) {
  // It stands in at another page's address: the other language is that page's, too.
  const link = document.querySelector<HTMLAnchorElement>(".language");
  const english = /^\/en(\/.*)?$/.exec(location.pathname);
  link?.setAttribute("href", english ? (english[1] ?? "/") : `/en${location.pathname.replace(/\/+$/, "")}`);
}

for (const button of document.querySelectorAll<HTMLButtonElement>("[data-again]")) {
  button.hidden = false;
  button.addEventListener("click", () => location.reload());
}

// Only who installs the site needs it: no request of the first moments.
const manifest = document.createElement("link");
Object.assign(manifest, { rel: "manifest", href: "/manifest.webmanifest" });
document.head.append(manifest);

// In-app browsers have no service workers, private windows refuse them: the site works without.
const script = document.querySelector<HTMLMetaElement>('meta[name="service-worker"]')?.content;
if (script && !isOfflinePage) {
  navigator.serviceWorker?.register(script, { updateViaCache: "none" }).catch(() => {});
}
