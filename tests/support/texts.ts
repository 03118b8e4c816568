// Text messages as providers bring and take them: requests signed by each one's own scheme, and
// Twilio's interface for outgoing texts, with its bad days.
import { createHash, createHmac, randomBytes } from "node:crypto";
import { type IncomingMessage, type ServerResponse } from "node:http";
import { getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";
import { FaultyServer, reply, type Fault } from "./faulty.ts";
import { send, type RawAnswer } from "./http.ts";

export const TOKEN = "synthetic-token";
export const NUMBER = "+84900000000";
const ACCOUNT = "AC00000000000000000000000000000001";

/** A Worker that takes texts from Twilio and sends none. */
export const TWILIO = {
  SMS_PROVIDERS: "twilio",
  TWILIO_AUTH_TOKENS: TOKEN,
  TWILIO_NUMBERS: NUMBER,
  SMS_TRANSPORT: "none",
};

export const ESMS = {
  ESMS_CPID: "cp1",
  ESMS_PRIVATE_KEY: "synthetic-key",
  ESMS_NUMBERS: "8079",
};

export const ONE_PAY = {
  ONEPAY_ACCESS_KEY: "ak",
  ONEPAY_SECRET: "synthetic-secret",
  ONEPAY_NUMBERS: "8079",
};

/** `0900000001` as providers write it, without a plus. */
export function international(phone: string): string {
  return phone.replace(/^0/, "84");
}

export function messageId(): string {
  return `SM${randomBytes(16).toString("hex")}`;
}

export interface Text {
  /** National form. */
  from: string;
  body: string;
  id?: string;
}

export type Fields = Record<string, string>;

export function twilioFields({ from, body, id = messageId() }: Text): Fields {
  return {
    MessageSid: id,
    AccountSid: ACCOUNT,
    From: `+${international(from)}`,
    To: NUMBER,
    Body: body,
    NumMedia: "0",
  };
}

/** Signs by Twilio's own library and posts as its servers do. */
export async function postTwilio(
  url: string,
  fields: Fields,
  signature = getExpectedTwilioSignature(TOKEN, `${url}/api/v1/sms/twilio`, fields),
  headers: Record<string, string> = {},
): Promise<RawAnswer> {
  return send(url, {
    method: "POST",
    path: "/api/v1/sms/twilio",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-twilio-signature": signature,
      ...headers,
    },
    body: new URLSearchParams(fields).toString(),
  });
}

/** The text in a TwiML answer; `undefined` for none. */
export function replyOf(answer: RawAnswer): string | undefined {
  if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.text}`);
  return /<Message>([^<]*)<\/Message>/.exec(answer.text)?.[1]?.replaceAll("&amp;", "&");
}

/** Sends a text; the reply. */
export async function text(url: string, from: string, body: string, id?: string): Promise<string | undefined> {
  return replyOf(await postTwilio(url, twilioFields({ from, body, ...(id === undefined ? {} : { id }) })));
}

/** `20270115080000`, in Vietnam. */
function vietnamTime(at: Date): string {
  const shifted = new Date(at.getTime() + 7 * 3_600_000);
  return shifted.toISOString().replace(/\D/g, "").slice(0, 14);
}

/** The path and query that eSMS calls. */
export function esmsPath({ from, body, id = messageId() }: Text, at = new Date()): string {
  const time = vietnamTime(at);
  const sign = createHash("md5").update(`cp1${id}${body}${time}synthetic-key`).digest("hex");
  const query = new URLSearchParams({
    sender: international(from),
    content: body,
    serviceNumber: "8079",
    keyword: "BH",
    sign,
    cpid: "cp1",
    smsid: id,
    receiverTime: time,
  });
  return `/api/v1/sms/esms?${query}`;
}

/** The path and query that 1pay calls. */
export function onePayPath({ from, body, id = messageId() }: Text, at = new Date()): string {
  const fields: [string, string][] = [
    ["access_key", "ak"],
    ["command", "BH"],
    ["mo_message", body],
    ["msisdn", international(from)],
    ["request_id", id],
    ["request_time", `${at.toISOString().slice(0, 19)}Z`],
    ["short_code", "8079"],
  ];
  const joined = fields.map(([name, value]) => `${name}=${value}`).join("&");
  const signature = createHmac("sha256", "synthetic-secret").update(joined).digest("hex");
  return `/api/v1/sms/1pay?${new URLSearchParams([...fields, ["signature", signature]])}`;
}

/** What a reply carries. */
export function codeIn(reply: string | undefined): { locator: string; code: string } {
  const [, locator, code] = /\b([0-9A-Z]{4})-([0-9A-Z]{4}-[0-9A-Z]{4})\b/.exec(reply ?? "") ?? [];
  if (locator === undefined || code === undefined) throw new Error(`no code in: ${reply}`);
  return { locator, code };
}

/** The code for a page that waits. */
export function webCodeIn(reply: string | undefined): string {
  const [, code] = /: ([0-9A-Z]{4}-[0-9A-Z]{4}) \(/.exec(reply ?? "") ?? [];
  if (code === undefined) throw new Error(`no code in: ${reply}`);
  return code;
}

export interface SentText {
  to: string;
  from: string;
  body: string;
  callback: string | undefined;
}

/** A receipt as Twilio posts it, signed by its own library; the status of our answer. */
export async function report(callback: string, status: string, token = TOKEN): Promise<number> {
  const at = new URL(callback);
  const fields = { MessageSid: messageId(), MessageStatus: status };
  const signature = getExpectedTwilioSignature(token, callback, fields);
  const headers = { "x-twilio-signature": signature, "content-type": "application/x-www-form-urlencoded" };
  const body = new URLSearchParams(fields).toString();
  return (await send(at.origin, { method: "POST", path: `${at.pathname}${at.search}`, headers, body })).status;
}

/** Twilio's interface for outgoing texts. It knows no idempotency key: what it took, it sent. */
export class TextProvider extends FaultyServer {
  readonly sent: SentText[] = [];
  /** Requests whose body arrived, refused ones too. */
  attempts = 0;
  /** Says of every text that it is on its way, before it answers. */
  receipts = false;

  /** The Worker's settings: texts come from and go to Twilio. */
  get vars(): Record<string, string> {
    return {
      ...TWILIO,
      SMS_TRANSPORT: "twilio",
      TWILIO_ACCOUNT_SID: ACCOUNT,
      TWILIO_FROM: NUMBER,
      TWILIO_BASE_URL: this.address,
    };
  }

  /** Texts to a phone in national form. */
  to(phone: string): string[] {
    return this.sent.filter(({ to }) => to === `+${international(phone)}`).map(({ body }) => body);
  }

  protected override take(request: IncomingMessage, body: string, response: ServerResponse, fault: Fault | undefined): void {
    const fields = new URLSearchParams(body);
    this.attempts += 1;
    if (request.method !== "POST" || request.url !== `/2010-04-01/Accounts/${ACCOUNT}/Messages.json`) {
      return reply(response, 404, { code: 20404 });
    }
    const basic = Buffer.from(`${ACCOUNT}:${TOKEN}`).toString("base64");
    if (request.headers.authorization !== `Basic ${basic}`) return reply(response, 401, { code: 20003 });
    if (typeof fault === "number") {
      if (fault === 429) response.setHeader("retry-after", "1");
      return reply(response, fault, { code: 30001 });
    }
    const callback = fields.get("StatusCallback") ?? undefined;
    this.sent.push({ to: fields.get("To") ?? "", from: fields.get("From") ?? "", body: fields.get("Body") ?? "", callback });
    const answer = () => this.settle(request, response, fault, 201, { sid: messageId(), status: "queued" });
    if (!this.receipts || callback === undefined) return answer();
    report(callback, "queued").then(answer, () => response.destroy());
  }
}
