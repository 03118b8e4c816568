// Brings the directory's module into the page: when the page is painted and the browser idle, on
// the pages that ask for it by `data-finder`. Evaluated once per document; a page that the app
// draws later announces itself by an event.
import init, { Finder, office } from "../../target/site/finder/finder.js";
import module from "../../target/site/finder/finder_bg.wasm";

/** The address of the data, its hash in the name: the build puts it here. */
declare const DIRECTORY: string;

let ready: Promise<unknown> | undefined;
let finder: Promise<Finder> | undefined;

/** When the page has loaded and the browser has nothing better to do. */
const idle = (run: () => void): void => {
  const soon = (): void => {
    if ("requestIdleCallback" in window) requestIdleCallback(run, { timeout: 1_000 });
    else setTimeout(run, 100);
  };
  if (document.readyState === "complete") soon();
  else addEventListener("load", soon, { once: true });
};

/** The directory itself: fetched beside the module, once. */
async function open(): Promise<Finder> {
  ready ??= init({ module_or_path: module });
  const [answer] = await Promise.all([fetch(DIRECTORY), ready]);
  if (!answer.ok) throw new Error(`the directory: ${answer.status}`);
  const found = Finder.read(new Uint8Array(await answer.arrayBuffer()));
  if (found === undefined) throw new Error("the directory cannot be read");
  return found;
}

function sharing(root: Element): void {
  const button = root.querySelector<HTMLElement>("[data-share]");
  if (button === null || typeof navigator.share !== "function") return;
  button.dataset["share"] = "";
  button.addEventListener("click", () => {
    // Closing the sheet is no error.
    navigator.share({ title: document.title, url: location.origin + location.pathname }).catch(() => {});
  });
}

/** On a small screen, half of it a keyboard, what was found would be out of sight: the field goes to
 * the top of the screen, and nothing else moves while it stands there. */
function show(root: Element, input: HTMLElement): void {
  const rows = root.querySelector("[data-rows]")?.getBoundingClientRect();
  const screen = window.visualViewport?.height ?? innerHeight;
  if (rows && rows.height > 0 && rows.top > screen - 100) {
    (root.querySelector(`label[for="${input.id}"]`) ?? input).scrollIntoView();
  }
}

async function searching(root: Element): Promise<void> {
  const status = root.querySelector<HTMLElement>("[data-count]");
  const input = root.querySelector("input");
  const near = root.querySelector<HTMLElement>("[data-near]");
  const waiting = (): void => {
    if (status !== null) status.textContent = status.dataset["loading"] ?? "";
  };
  input?.addEventListener("input", waiting, { once: true });
  near?.addEventListener("click", waiting, { once: true });
  // Noted by early.js, which is there long before this is.
  const isPressed = (): boolean => near?.dataset["pressed"] !== undefined;
  if (input?.value || isPressed()) waiting();
  try {
    finder ??= open();
    const found = await finder;
    input?.removeEventListener("input", waiting);
    near?.removeEventListener("click", waiting);
    found.attach(root);
    input?.addEventListener("input", () => show(root, input));
    if (isPressed() && !input?.value) near?.click();
  } catch (error) {
    // The next letter or tap tries again. Said here too: it may be no matter of the network.
    console.warn(error);
    ready = finder = undefined;
    if (status !== null) status.textContent = status.dataset["failed"] ?? "";
    delete near?.dataset["pressed"];
    const again = (): void => {
      input?.removeEventListener("input", again);
      near?.removeEventListener("click", again);
      void searching(root);
    };
    input?.addEventListener("input", again);
    near?.addEventListener("click", again);
  }
}

function begin(): void {
  const root = document.querySelector<HTMLElement>("[data-finder]:not([data-begun])");
  if (root === null) return;
  root.dataset["begun"] = "";
  sharing(root);
  idle(() => {
    if ("search" in root.dataset) void searching(root);
    if ("office" in root.dataset) {
      ready ??= init({ module_or_path: module });
      ready.then(() => office(root)).catch((error: unknown) => {
        ready = undefined;
        console.warn(error);
      });
    }
  });
}

addEventListener("chiakhoa:directory", begin);
begin();
