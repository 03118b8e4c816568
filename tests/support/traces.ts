// In which forms a personal value could have been written down, and where to look for them.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The middle of a value's base64 that stands in that of any text around it, for each of the three offsets. */
function inBase64(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64").replace(/=+$/, "");
    // The first and the last characters depend on what stands around.
    const inner = text.slice(offset === 0 ? 0 : offset + 1, text.length - (bytes.length + offset) % 3);
    return [inner, inner.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

/** Digits as people and programs group them. */
function grouped(digits: string): string[] {
  const by = (sizes: number[], gap: string): string => {
    const parts: string[] = [];
    let at = 0;
    for (const size of sizes) {
      parts.push(digits.slice(at, at + size));
      at += size;
    }
    parts.push(digits.slice(at));
    return parts.filter((part) => part !== "").join(gap);
  };
  return [" ", "-", "."].flatMap((gap) => [by([4, 3], gap), by([3, 3], gap), by([2, 2, 2, 2], gap), by([4], gap)]);
}

/**
 * Every usual form of a value: as it is, in either case, decomposed, without marks, percent-encoded,
 * in hexadecimal, base64 and base64url at any offset, escaped as JSON does, reversed, digits grouped
 * and as an international number, and its bare digest.
 */
export function forms(value: string): string[] {
  const marks = /\p{M}/gu;
  const texts = [value, value.toLowerCase(), value.toUpperCase()];
  const all = texts.flatMap((text) => [
    text,
    text.normalize("NFD"),
    text.normalize("NFD").replaceAll(marks, "").replaceAll("đ", "d").replaceAll("Đ", "D"),
    encodeURIComponent(text),
    encodeURIComponent(text).replaceAll("%20", "+"),
    encodeURIComponent(text.normalize("NFD")),
    [...text].toReversed().join(""),
    [...text].map((c) => (c > "~" ? `\\u${c.codePointAt(0)?.toString(16).padStart(4, "0")}` : c)).join(""),
  ]);
  for (const bytes of [Buffer.from(value), Buffer.from(value.normalize("NFD")), Buffer.from(value, "utf16le")]) {
    all.push(bytes.toString("hex"), bytes.toString("hex").toUpperCase(), ...inBase64(bytes));
  }
  const digits = value.replaceAll(/[\s.-]/g, "");
  if (/^\+?\d{8,}$/.test(digits)) {
    const bare = digits.replace(/^0/, "");
    all.push(digits, bare, `84${bare}`, [...digits].toReversed().join(""), ...grouped(digits));
  }
  const digest = createHash("sha256").update(value).digest();
  all.push(digest.toString("hex"), digest.toString("base64"));
  return [...new Set(all)].filter((form) => form.length >= 6);
}

/** Where one of the values stands in these bytes: the value's name and the form. */
export function found(bytes: Buffer, values: Record<string, string>): string[] {
  return Object.entries(values).flatMap(([name, value]) =>
    forms(value)
      .filter((form) => bytes.includes(form) || bytes.includes(Buffer.from(form, "utf16le")))
      .map((form) => `${name} as ${form}`),
  );
}

/** Every file below a directory, with its bytes. */
export function* files(directory: string): Generator<[name: string, bytes: Buffer]> {
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    yield [path.slice(directory.length + 1), readFileSync(path)];
  }
}
