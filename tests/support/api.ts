// The HTTP contract as a client sees it.
import { captcha } from "./captcha.ts";

export interface Answer<T = unknown> {
  status: number;
  headers: Headers;
  body: T;
}

/** The problem document of an error (RFC 9457). */
export interface Problem {
  type: string;
  title: string;
  status: number;
  errors?: { field: string; code: string }[];
  attempts_left?: number;
}

/** What a request for a recovery is answered. */
export interface Started {
  recovery: string;
  code_length: number;
  expires_in: number;
  resend_after: number;
}

/** Sends JSON, or the text as it is, and reads the answer whole. */
export async function call<T = unknown>(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer<T>> {
  const init: RequestInit = { method, headers, redirect: "manual" };
  if (body !== undefined) {
    init.headers = { "content-type": "application/json", ...headers };
    init.body = typeof body === "string" ? body : JSON.stringify(body);
  }
  const answer = await fetch(`${url}${path}`, init);
  const text = await answer.text();
  const isJson = /^application\/(problem\+)?json/.test(answer.headers.get("content-type") ?? "");
  return { status: answer.status, headers: answer.headers, body: (isJson ? JSON.parse(text) : text) as T };
}

/** The slug at the end of a problem's type. */
export function slug(answer: Answer): string {
  return (answer.body as Problem).type.replace(/^.*[/:]/, "");
}

/** Asks for a recovery by email; a good captcha is added. */
export async function startRecovery(
  url: string,
  identifier: string,
  email: string,
  locale: "vi" | "en" = "vi",
): Promise<Answer<Started>> {
  const body = { identifier, email, locale, captcha: await captcha(url, "email") };
  return call<Started>(url, "POST", "/api/v1/recoveries", body);
}

/** Member `k` of the fixed scheme (docs/members.md). */
export function member(k: number): { identifier: string; email: string; phone: string } {
  return {
    identifier: String(9_000_000_000 + k),
    email: `tv${k}@example.vn`,
    phone: `0${900_000_000 + k}`,
  };
}

/** The password of every seeded member (docs/members.md). */
export const SEEDED_PASSWORD = "thuyen giay tren song que";
