// The desk's people: a local issuer of Access tokens, citizens and officers as clients.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from "jose";
import { type Answer, call, member } from "./api.ts";
import { captcha } from "./captcha.ts";

export const AUDIENCE = "aud-cua-ban-lam-viec";
export const OFFICE = "bhxh-tp-ha-noi";

export interface SigningKey {
  kid: string;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
}

export async function signingKey(kid: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true });
  return { kid, privateKey, publicKey };
}

/** Cloudflare Access as the Worker sees it: a key set at an address. */
export class Issuer {
  readonly url: string;
  /** What the set holds; changing it is a rotation. */
  keys: SigningKey[];
  /** How often the set was asked for. */
  asked = 0;
  readonly #close: () => void;

  private constructor(url: string, keys: SigningKey[], close: () => void) {
    this.url = url;
    this.keys = keys;
    this.#close = close;
  }

  static async start(): Promise<Issuer> {
    const first = await signingKey("k1");
    let issuer: Issuer | undefined;
    const server = createServer((request, response) => {
      if (issuer === undefined || request.url !== "/cdn-cgi/access/certs") return response.writeHead(404).end();
      issuer.asked += 1;
      Promise.all(issuer.keys.map(publicJwk)).then(
        (keys) => response.setHeader("content-type", "application/json").end(JSON.stringify({ keys })),
        () => response.writeHead(500).end(),
      );
      return undefined;
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    issuer = new Issuer(`http://127.0.0.1:${port}`, [first], () => server.close());
    return issuer;
  }

  vars(): Record<string, string> {
    return { ACCESS_ISSUER: this.url, ACCESS_AUDIENCE: AUDIENCE };
  }

  get current(): SigningKey {
    const [key] = this.keys;
    if (key === undefined) throw new Error("no key");
    return key;
  }

  /** A good token's claims, for now. */
  claims(email: string): Record<string, unknown> {
    const now = Math.floor(Date.now() / 1000);
    return { iss: this.url, aud: [AUDIENCE], email, iat: now, nbf: now, exp: now + 600, sub: "s", type: "app" };
  }

  async token(email: string, key = this.current): Promise<string> {
    return new SignJWT(this.claims(email)).setProtectedHeader({ alg: "RS256", kid: key.kid }).sign(key.privateKey);
  }

  stop(): void {
    this.#close();
  }
}

export async function publicJwk(key: SigningKey): Promise<JWK> {
  return { ...(await exportJWK(key.publicKey)), kid: key.kid, alg: "RS256", use: "sig" };
}

export interface Opened {
  case_number: string;
  lookup_code: string;
}

export interface Status {
  state: string;
  messages: { at: number; from: string; text: string }[];
}

/** Opens a case of member `k`; `with` replaces what is stated. */
export async function openCase(
  url: string,
  k: number,
  stated: Record<string, string> = {},
): Promise<Answer<Opened>> {
  const { identifier, email, phone } = member(k);
  const body = {
    name: `Thành Viên Thử ${k}`,
    birth_date: "1980",
    identifier,
    phone,
    email,
    office: OFFICE,
    message: "Tôi mất máy.",
    locale: "vi",
    captcha: await captcha(url, "case"),
    ...stated,
  };
  return call<Opened>(url, "POST", "/api/v1/cases", body);
}

export interface Row {
  case: string;
  case_number: string;
  state: string;
  version: number;
}

export interface CaseView {
  row: Row;
  stated: { item: string; stated: string; verdict?: string }[];
  contacts: { id: string; kind: string; is_stated: boolean }[];
  may_change_contacts: boolean;
  entries: { kind: string; staff?: string; text?: string }[];
}

/** A member of staff at the desk. */
export class Officer {
  readonly #url: string;
  readonly #issuer: Issuer;
  readonly email: string;

  constructor(url: string, issuer: Issuer, email: string) {
    this.#url = url;
    this.#issuer = issuer;
    this.email = email;
  }

  async call<T = unknown>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    const token = await this.#issuer.token(this.email);
    const headers = { "cf-access-jwt-assertion": token };
    return call<T>(this.#url, method, `/api/v1/desk${path}`, body, headers);
  }

  /** The case with this number. */
  async find(number: string): Promise<Row> {
    const found = await this.call<{ cases: Row[] }>("POST", "/search", { q: number });
    const [row] = found.body.cases;
    if (row === undefined) throw new Error(`no case ${number}: ${JSON.stringify(found.body)}`);
    return row;
  }

  /** One act, on the case as it now is. */
  async act(number: string, act: string, more: Record<string, string> = {}): Promise<Answer<CaseView>> {
    const { case: id, version } = await this.find(number);
    return this.call<CaseView>("POST", `/cases/${id}`, { act, version: String(version), ...more });
  }
}
