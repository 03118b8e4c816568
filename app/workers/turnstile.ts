/**
 * Cloudflare Turnstile, where an operator chose it in place of our own proof of work. Nothing of
 * this is loaded otherwise.
 *
 * On a page of ours this file defines `chiakhoa.frame(form)`: an object with a worker's
 * `postMessage`, `onmessage` and `terminate`, which shows `/form/turnstile` in the place marked
 * `data-captcha`. In that frame the same file loads the third party's script, under the frame's
 * own policy, and reports what came of it to the page around, which is of this very site.
 */

type Reply =
  | { type: "height"; height: number }
  | { type: "solved"; payload: string }
  | { type: "failed"; reason: "third-party" };

interface Turnstile {
  render(place: HTMLElement, options: Record<string, unknown>): void;
}

/** How long the frame may take to show its first sign of life, ms. */
const PATIENCE = 20_000;

class Frame {
  onmessage?: (event: { data: Reply }) => void;
  private frame?: HTMLIFrameElement;
  private timer?: ReturnType<typeof setTimeout>;

  constructor(private readonly form: string) {}

  postMessage(): void {
    const place = document.querySelector(`[data-captcha="${this.form}"]`);
    if (!place) return this.fail();
    const { lang } = document.documentElement;
    this.frame = document.createElement("iframe");
    this.frame.title = lang === "en" ? "Check against robots" : "Kiểm tra chống máy tự động";
    this.frame.src = `/form/turnstile?form=${this.form}&lang=${lang}`;
    this.timer = setTimeout(() => this.fail(), PATIENCE);
    place.replaceChildren(this.frame);
  }

  /** The frame stays in sight with its result, and may still grow; the next one takes its place. */
  terminate(): void {
    clearTimeout(this.timer);
  }

  hear(event: MessageEvent<Reply>): void {
    if (!this.frame || event.source !== this.frame.contentWindow || event.origin !== location.origin) return;
    clearTimeout(this.timer);
    if (event.data.type === "height") this.frame.height = String(event.data.height);
    else this.onmessage?.({ data: event.data });
  }

  private fail(): void {
    this.onmessage?.({ data: { type: "failed", reason: "third-party" } });
  }
}

/** The frame's own part. */
function show(place: HTMLElement): void {
  const tell = (reply: Reply): void => parent.postMessage(reply, location.origin);
  const fail = (): void => tell({ type: "failed", reason: "third-party" });
  Object.assign(document.body.style, { margin: "0", font: "1rem/1.5 system-ui, sans-serif" });
  const grow = (): void => tell({ type: "height", height: document.documentElement.offsetHeight });
  new ResizeObserver(grow).observe(document.documentElement);
  const { base, sitekey, action } = place.dataset;
  const script = document.createElement("script");
  script.src = `${base}/turnstile/v0/api.js?render=explicit`;
  script.onerror = fail;
  script.onload = (): void => {
    const { turnstile } = window as unknown as { turnstile: Turnstile };
    turnstile.render(place, {
      sitekey,
      action,
      language: document.documentElement.lang,
      size: "flexible",
      "refresh-expired": "never",
      callback: (payload: string) => tell({ type: "solved", payload }),
      "error-callback": fail,
      "unsupported-callback": fail,
    });
  };
  document.head.append(script);
}

const place = document.getElementById("turnstile");
if (place) show(place);
else {
  const page = window as unknown as { chiakhoa: { frame?: (form: string) => Frame } };
  let latest: Frame | undefined;
  addEventListener("message", (event: MessageEvent<Reply>) => latest?.hear(event));
  page.chiakhoa.frame = (form) => (latest = new Frame(form));
}
