// A person on a small phone who lost the password: every request, address and store of the
// browser is watched, and nothing secret may be where it does not belong.
import assert from "node:assert/strict";
import type { Browser, BrowserContext, BrowserContextOptions, Page, Request } from "playwright-core";
import { assertNoSidewaysScroll, assertQuiet, hydrated, open, type Watched } from "./browser.ts";

export type Lang = "vi" | "en";

/** The narrow phone of the journeys. */
export const SMALL = { viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true };

/** What stands on the pages, as a person would look for it. */
export const SAY = {
  vi: {
    send: "Gửi mã cho tôi",
    check: "Xem hộp thư của bạn",
    proceed: "Tiếp tục",
    save: "Lưu mật khẩu mới",
    signIn: "Đăng nhập",
    signOut: "Đăng xuất",
    signedOut: "Đã đăng xuất.",
    clear: "Xoá hết trên máy này",
    resend: "Gửi lại thư",
    resendIn: /Gửi lại được sau \d+ giây/,
    resendReady: "Bây giờ gửi lại được.",
    resent: "Đã gửi lại. Mã và đường dẫn vẫn như cũ.",
    change: "Sửa số hoặc email",
    again: "Nhập lại mã",
    useLink: "Đặt mật khẩu mới",
    notMe: "Không phải tôi, hãy chặn lại",
    stopped: "Đã chặn",
    mismatch: /không khớp với tài khoản nào thì không có thư nào được gửi/,
    codeOver: "Mã đã hết hạn.",
    closed: /Yêu cầu này không dùng được nữa/,
    linkSpent: /Đường dẫn này không dùng được nữa/,
    left: (n: number) => new RegExp(n === 1 ? "Còn một lần thử" : `Còn ${n} lần thử`),
    usedUp: /đã hết số lần thử/,
    error: /^Lỗi: /,
  },
  en: {
    send: "Send me a code",
    check: "Look in your mailbox",
    proceed: "Continue",
    save: "Save the new password",
    signIn: "Sign in",
    signOut: "Sign out",
    signedOut: "Signed out.",
    clear: "Clear everything on this phone",
    resend: "Send the message again",
    resendIn: /You can send again in \d+ seconds/,
    resendReady: "You can send again now.",
    resent: "Sent again. Code and link are the same as before.",
    change: "Change number or email",
    again: "Type the code again",
    useLink: "Set a new password",
    notMe: "This was not me, stop it",
    stopped: "Stopped",
    mismatch: /do not belong to one account, nothing is sent/,
    codeOver: "The code has expired.",
    closed: /This request no longer works/,
    linkSpent: /This link no longer works/,
    left: (n: number) => new RegExp(n === 1 ? "One try left" : `${n} tries left`),
    usedUp: /there are no tries left/,
    error: /^Error: /,
  },
} as const;

/** What a call's body may carry; nothing else, and no other call. */
const BODIES: [RegExp, string[]][] = [
  [/^\/api\/v1\/recoveries$/, ["identifier", "email", "captcha", "locale"]],
  [/^\/api\/v1\/recoveries\/[0-9a-z]{26}\/resend$/, ["captcha"]],
  [/^\/api\/v1\/recoveries\/[0-9a-z]{26}\/code$/, ["code"]],
  [/^\/api\/v1\/recoveries\/(link|disown)$/, ["token"]],
  [/^\/api\/v1\/sms-sessions$/, ["captcha", "locale"]],
  [/^\/api\/v1\/sms-codes$/, ["locator", "captcha"]],
  [/^\/api\/v1\/password$/, ["ticket", "password"]],
  [/^\/api\/v1\/session$/, ["identifier", "password", "captcha"]],
];

export class Citizen {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly lang: Lang;
  readonly say: (typeof SAY)[Lang];
  readonly #watched: Watched;
  /** What must stand nowhere but in the page's memory and in a call's body. */
  readonly #secrets = new Set<string>();
  readonly #addresses: string[] = [];
  readonly #requests: Request[] = [];

  private constructor(watched: Watched, lang: Lang) {
    this.#watched = watched;
    this.page = watched.page;
    this.context = watched.page.context();
    this.lang = lang;
    this.say = SAY[lang];
    this.#watch(this.page);
  }

  static async arrive(
    browser: Browser,
    url: string,
    lang: Lang,
    options: BrowserContextOptions = {},
  ): Promise<Citizen> {
    const locale = lang === "vi" ? "vi-VN" : "en-GB";
    return new Citizen(await open(browser, url, { ...SMALL, locale, ...options }), lang);
  }

  /** Another tab of the same browser. */
  async tab(): Promise<Page> {
    const page = await this.context.newPage();
    this.#watch(page);
    return page;
  }

  path(path: string): string {
    return this.lang === "vi" ? path : `/en${path}`;
  }

  /** Opens a page and waits until it works. */
  async goto(path: string, page = this.page): Promise<void> {
    await page.goto(path.startsWith("http") ? path : this.path(path));
    await hydrated(page);
  }

  async reload(page = this.page): Promise<void> {
    await page.reload();
    await hydrated(page);
  }

  /** Remembers what must not leak, in every form in which it could. */
  secret(...texts: string[]): void {
    for (const text of texts.filter((text) => text.length > 3)) {
      this.#secrets.add(text);
      this.#secrets.add(encodeURIComponent(text));
      this.#secrets.add(Buffer.from(text).toString("base64").replace(/=+$/, ""));
    }
  }

  async type(field: "identifier" | "email" | "code" | "text-code" | "password", text: string, page = this.page): Promise<void> {
    this.secret(text);
    await page.locator(`#${field}`).fill(text);
  }

  async press(name: string, page = this.page): Promise<void> {
    await page.getByRole("button", { name, exact: true }).tap();
  }

  /** The form up to "look in your mailbox". */
  async request(identifier: string, email: string): Promise<void> {
    await this.goto("/email");
    await this.type("identifier", identifier);
    await this.type("email", email);
    await this.press(this.say.send);
    await this.page.locator("#code").waitFor();
  }

  /** Types a code and goes on. */
  async enter(code: string): Promise<void> {
    await this.type("code", code);
    await this.press(this.say.proceed);
  }

  /** Waits for the error summary, which must have the focus, and gives its text. */
  async refused(text: RegExp | string, page = this.page): Promise<string> {
    const summary = page.locator(".error-summary").filter({ hasText: text });
    await summary.waitFor();
    await page.waitForFunction(() => document.activeElement?.classList.contains("error-summary") === true);
    assert.match(await page.title(), this.say.error);
    return summary.innerText();
  }

  /** What the tab keeps of its own accord. */
  async stored(page = this.page): Promise<Record<string, string>> {
    return page.evaluate(() => ({ ...sessionStorage }));
  }

  /** Looks everywhere, and goes. */
  async leave(): Promise<void> {
    await this.check();
    assertQuiet(this.#watched);
    await this.context.close();
  }

  /** Fails where something secret is anywhere it must not be. */
  async check(page = this.page): Promise<void> {
    await assertNoSidewaysScroll(page);
    const kept = await page.evaluate(async () => {
      const caches: string[] = [];
      for (const name of await self.caches.keys()) {
        const cache = await self.caches.open(name);
        for (const request of await cache.keys()) {
          caches.push(request.url, (await (await cache.match(request))?.text()) ?? "");
        }
      }
      return {
        session: { ...sessionStorage } as Record<string, string>,
        local: { ...localStorage } as Record<string, string>,
        databases: (await indexedDB.databases()).map(({ name }) => name),
        cookies: document.cookie,
        state: JSON.stringify(history.state) ?? "",
        name: self.name,
        title: document.title,
        caches,
      };
    });
    for (const [key, value] of Object.entries(kept.session)) {
      assert.ok(["recovery", "text-recovery", "wait"].includes(key), `${key} in sessionStorage`);
      assert.match(value, /^[0-9a-z]{26}$/, "an id that grants nothing");
    }
    assert.deepEqual(kept.local, {}, "localStorage");
    assert.deepEqual(kept.databases, [], "IndexedDB");
    assert.equal(kept.cookies, "", "no cookie that scripts can read");
    // The history as the browser itself keeps it, what a person finds under the back button.
    const session = await this.context.newCDPSession(page);
    const { entries } = await session.send("Page.getNavigationHistory");
    await session.detach();
    const visited = entries.flatMap(({ url, title }) => [url, title]);
    const places = [kept.state, kept.name, kept.title, page.url(), ...visited, ...kept.caches, ...this.#addresses];
    for (const request of this.#requests) {
      // A fragment is never sent.
      places.push(request.url().replace(/#.*/, ""), JSON.stringify(request.headers()));
      this.#checkBody(request);
    }
    for (const cookie of await this.context.cookies()) {
      assert.equal(cookie.name, "__Host-session");
      assert.ok(cookie.httpOnly && cookie.secure && cookie.sameSite === "Strict" && cookie.expires === -1);
    }
    for (const secret of this.#secrets) {
      for (const place of places) assert.ok(!place.includes(secret), `“${secret}” in ${place.slice(0, 300)}`);
    }
  }

  #watch(page: Page): void {
    // A link of a mail arrives with its secret; that it does not stay is seen in the history.
    const landing = /(\/(?:lien-ket|khong-phai-toi))#.*/;
    page.on("framenavigated", (frame) => this.#addresses.push(frame.url().replace(landing, "$1")));
    page.on("request", (request) => this.#requests.push(request));
  }

  #checkBody(request: Request): void {
    const body = request.postData();
    if (body === null || body === "") return;
    const { pathname } = new URL(request.url());
    const allowed = BODIES.find(([path]) => path.test(pathname))?.[1];
    assert.ok(allowed, `a body to ${pathname}`);
    const fields = Object.keys(JSON.parse(body) as object);
    assert.deepEqual(fields.filter((field) => !allowed.includes(field)), [], pathname);
  }
}
