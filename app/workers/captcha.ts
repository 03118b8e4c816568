/**
 * Solves the captcha: an ALTCHA v2 proof of work, `PBKDF2/SHA-256`, deterministic mode.
 *
 * In a worker: `postMessage({challenge})`, answered by any number of
 * `{type: "progress", fraction}` and then one `{type: "solved", payload}` or
 * `{type: "failed", reason}`. A second challenge replaces the first; `terminate()` stops.
 *
 * Where there are no workers (some in-app browsers) the same file is loaded as a plain script and
 * defines `CaptchaSolver`, an object with a worker's `postMessage`, `onmessage` and `terminate`,
 * which works on the page's own thread in slices too short to be felt while typing.
 *
 * Nothing here reads the wall clock: phones' clocks are wrong, and expiry is the server's business.
 */

type Challenge = {
  parameters: {
    algorithm: string;
    cost: number;
    data: { max: number };
    keyLength: number;
    keyPrefix: string;
    nonce: string;
    salt: string;
  };
  signature: string;
};

type Reply =
  | { type: "progress"; fraction: number }
  | { type: "solved"; payload: string }
  | { type: "failed"; reason: "malformed" | "exhausted" };

/** Derives the key of one counter as eight big-endian words. */
type Derive = (counter: number) => Promise<Int32Array> | Int32Array;

/** Longest stretch of work on the page's own thread, in milliseconds: half a frame. */
const SLICE = 8;
/** Tries given to each way of deriving before the faster one is kept. */
const TRIAL = 4;

const now = (): number => performance.now();
const pause = (): Promise<void> => new Promise((done) => setTimeout(done));

/** SHA-256's round constants: the first bits of the cube roots of the first 64 primes. */
const K = new Int32Array(64);
/** Its start: the same of the square roots of the first eight. */
const START = new Int32Array(8);
for (let n = 2, found = 0; found < 64; n++) {
  let divisor = 2;
  while (n % divisor) divisor++;
  if (divisor < n) continue;
  if (found < 8) START[found] = (Math.sqrt(n) % 1) * 2 ** 32;
  K[found++] = (Math.cbrt(n) % 1) * 2 ** 32;
}

const W = new Int32Array(64);

/** One compression of the block `W[0..16]`: `out = compress(from)`. */
function compress(from: Int32Array, out: Int32Array): void {
  let a = from[0], b = from[1], c = from[2], d = from[3];
  let e = from[4], f = from[5], g = from[6], h = from[7];
  for (let i = 0; i < 64; i++) {
    let w = W[i];
    if (i > 15) {
      const x = W[i - 15], y = W[i - 2];
      W[i] = w =
        (W[i - 16] + W[i - 7] +
          (((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)) +
          (((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10))) | 0;
    }
    const t =
      (h + w + K[i] + (g ^ (e & (f ^ g))) +
        (((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7)))) | 0;
    const s =
      (((a & b) | (c & (a | b))) +
        (((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10)))) | 0;
    h = g; g = f; f = e; e = (d + t) | 0;
    d = c; c = b; b = a; a = (t + s) | 0;
  }
  out[0] = from[0] + a; out[1] = from[1] + b; out[2] = from[2] + c; out[3] = from[3] + d;
  out[4] = from[4] + e; out[5] = from[5] + f; out[6] = from[6] + g; out[7] = from[7] + h;
}

/** Puts `words` into the block, and the padding of a message `length` bytes long. */
function load(words: ArrayLike<number>, length: number): void {
  for (let i = 0; i < 15; i++) W[i] = words[i];
  W[words.length] = 1 << 31;
  W[15] = length * 8;
}

/** PBKDF2-HMAC-SHA-256 in plain script, one block of output. `breathe` is called now and then. */
function ownDerive(
  nonce: Int32Array, salt: Int32Array, cost: number, breathe?: () => Promise<void> | undefined,
): Derive {
  const inner = new Int32Array(8), outer = new Int32Array(8), u = new Int32Array(8);
  /** HMAC's state after its padded key; the rest of each HMAC is two compressions. */
  const pad = (counter: number, byte: number, state: Int32Array): void => {
    W.fill(0, 0, 16);
    W.set(nonce);
    W[4] = counter;
    for (let i = 0; i < 16; i++) W[i] ^= byte * 0x1010101;
    compress(START, state);
  };
  /** `u = HMAC(the block loaded)`. */
  const hmac = (): void => {
    compress(inner, u);
    load(u, 96);
    compress(outer, u);
  };
  const rounds = (key: Int32Array, count: number): void => {
    while (count--) {
      load(u, 96);
      hmac();
      for (let i = 0; i < 8; i++) key[i] ^= u[i];
    }
  };
  return (counter) => {
    pad(counter, 0x36, inner);
    pad(counter, 0x5c, outer);
    load([...salt, 1], 84);
    hmac();
    const key = u.slice();
    if (!breathe) {
      rounds(key, cost - 1);
      return key;
    }
    return (async () => {
      for (let left = cost - 1; left > 0; left -= 50) {
        await breathe();
        rounds(key, Math.min(50, left));
      }
      return key;
    })();
  };
}

/** The same by the browser's own implementation: faster per round, slower per call. */
function browserDerive(
  subtle: SubtleCrypto, nonce: Int32Array, salt: Int32Array, cost: number,
): Derive {
  const password = new DataView(bytes([...nonce, 0]).buffer);
  const options = { name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: cost };
  return async (counter) => {
    password.setUint32(16, counter);
    const key = await subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const view = new DataView(await subtle.deriveBits(options, key, 256));
    return Int32Array.from({ length: 8 }, (_, i) => view.getInt32(i * 4));
  };
}

function bytes(words: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(words.length * 4));
  for (let i = 0; i < words.length; i++) view.setInt32(i * 4, words[i]);
  return new Uint8Array(view.buffer);
}

/** Reads hex digits as big-endian words; `undefined` unless there are exactly `count`. */
function words(hex: string, count: number): Int32Array | undefined {
  if (!RegExp(`^[0-9a-f]{${count * 8}}$`).test(hex)) return;
  return Int32Array.from(hex.match(/.{8}/g)!, (word) => parseInt(word, 16) | 0);
}

const hex = (key: Int32Array): string =>
  Array.from(key, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");

/** Solves one challenge; stops without a word when `stopped` says so. */
async function solve(
  challenge: Challenge, onPage: boolean, reply: (message: Reply) => void, stopped: () => boolean,
): Promise<void> {
  const { algorithm, cost, data, keyLength, keyPrefix, nonce, salt } = challenge?.parameters ?? {};
  const nonceWords = words(nonce, 4), saltWords = words(salt, 4), prefix = words(keyPrefix, 4);
  const max = data?.max;
  if (algorithm !== "PBKDF2/SHA-256" || keyLength !== 32 || !(cost > 0) || !(max >= 0) ||
      !nonceWords || !saltWords || !prefix) {
    return reply({ type: "failed", reason: "malformed" });
  }
  const start = now();
  let slice = start, told = start;
  const breathe = onPage
    ? () => (now() - slice > SLICE ? pause().then(() => { slice = now(); }) : undefined)
    : undefined;
  const own = ownDerive(nonceWords, saltWords, cost, breathe);
  // Absent on plain http and in the oldest browsers.
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  const browser = subtle && browserDerive(subtle, nonceWords, saltWords, cost);
  let derive: Derive = browser || own;
  let mark = start, browserTime = 0;

  for (let counter = 0; counter <= max; counter++) {
    if (browser && counter === TRIAL) {
      browserTime = now() - mark;
      derive = own;
      mark = now();
    } else if (browser && counter === 2 * TRIAL && now() - mark > browserTime) {
      derive = browser;
    }
    let key: Int32Array;
    try {
      key = await derive(counter);
    } catch {
      key = await (derive = own)(counter);
    }
    if (stopped()) return;
    if (prefix.every((word, i) => word === key[i])) {
      const time = Math.round(now() - start);
      const solution = { counter, derivedKey: hex(key), time };
      return reply({ type: "solved", payload: btoa(JSON.stringify({ challenge, solution })) });
    }
    if (now() - told > 100) {
      told = now();
      reply({ type: "progress", fraction: (counter + 1) / (max + 1) });
      // Lets the next challenge in.
      await pause();
    }
  }
  reply({ type: "failed", reason: "exhausted" });
}

/** Takes challenges, the last one wins. */
function solver(
  onPage: boolean, reply: (message: Reply) => void,
): (message: { challenge: Challenge } | null) => void {
  let current = 0;
  return (message) => {
    const mine = ++current;
    if (!message) return;
    const stopped = (): boolean => mine !== current;
    solve(message.challenge, onPage, reply, stopped).catch(
      () => stopped() || reply({ type: "failed", reason: "malformed" }),
    );
  };
}

/** The part of a worker's interface that a page uses. */
class CaptchaSolver {
  onmessage?: (event: { data: Reply }) => void;
  private readonly take = solver(true, (data) => this.onmessage?.({ data }));

  postMessage(message: { challenge: Challenge }): void {
    this.take(message);
  }

  terminate(): void {
    this.take(null);
  }
}

const scope = globalThis as typeof globalThis & {
  WorkerGlobalScope?: unknown;
  CaptchaSolver?: typeof CaptchaSolver;
  postMessage(message: Reply): void;
  onmessage: unknown;
};
if (scope.WorkerGlobalScope) {
  const take = solver(false, (message) => scope.postMessage(message));
  scope.onmessage = (event: MessageEvent): void => take(event.data);
} else {
  scope.CaptchaSolver = CaptchaSolver;
}
