// Mail to an office, handed over as mail routing does: to the Worker at the address, which passes it
// on to the desk's.
import { type Server } from "./server.ts";

export const DOMAIN = "thu.example.vn";

export interface Handed {
  status: number;
  /** What the handing server was told, where the letter was refused. */
  refused: string | undefined;
}

export interface Sent {
  /** `MAIL FROM`. */
  from?: string;
  /** The office, or a whole address. */
  to?: string;
}

let count = 0;

/** A letter's first headers; each has an id of its own. */
export function head(more: string[] = [], from = "Ai Đó <ai-do@example.vn>"): string {
  count += 1;
  return [`From: ${from}`, "To: co-quan@thu.example.vn", `Message-ID: <${count}@example.vn>`, ...more, ""].join("\r\n");
}

/** Hands a letter over. */
export async function hand(server: Server, raw: string | Uint8Array<ArrayBuffer>, sent: Sent = {}): Promise<Handed> {
  const to = sent.to ?? "bhxh-tp-ha-noi";
  const query = new URLSearchParams({
    from: sent.from ?? "ai-do@example.vn",
    to: to.includes("@") ? to : `${to}@${DOMAIN}`,
  });
  const answer = await fetch(`${server.url}/cdn-cgi/handler/email?${query}`, { method: "POST", body: raw });
  const text = await answer.text();
  const [, refused] = /rejected email with the following reason: (.*)$/s.exec(text) ?? [];
  if (answer.status !== 200 && refused === undefined) throw new Error(`${answer.status}: ${text.slice(0, 300)}`);
  return { status: answer.status, refused };
}
