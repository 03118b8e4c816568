// What a screen reader makes of a page: its landmarks, headings, fields and buttons in their order,
// from the accessibility tree. Texts and links are left out: they change with every sentence.
import type { Page } from "playwright-core";

const LANDMARKS = ["banner", "navigation", "main", "contentinfo", "complementary", "region", "search", "form"];
const KEPT = [...LANDMARKS, "heading", "textbox", "searchbox", "combobox", "checkbox", "radio", "button"];

/** One node of the tree that is kept. */
export interface Node {
  /** Under how many other kept nodes it stands. */
  depth: number;
  role: string;
  /** Its name, empty where it has none. */
  name: string;
  /** Of a heading. */
  level?: number;
}

/** The kept nodes of the page as it stands. */
export async function outline(page: Page): Promise<Node[]> {
  return read(await page.locator("body").ariaSnapshot());
}

/** Reads an aria snapshot: a list of lists in YAML, two spaces a level. */
export function read(snapshot: string): Node[] {
  const nodes: Node[] = [];
  /** Indentations of the kept nodes around the current line. */
  const around: number[] = [];
  for (const line of snapshot.split("\n")) {
    // A line that holds `: ` is quoted as a whole, its own quotes doubled.
    const [, indent = "", quoted, plain] = /^( *)- (?:'((?:[^']|'')*)'|(.*))/.exec(line) ?? [];
    const text = quoted?.replaceAll("''", "'") ?? plain ?? "";
    const [, role = "", name, rest = ""] = /^([a-z]+)(?: "((?:[^"\\]|\\.)*)")?(.*)/.exec(text) ?? [];
    while ((around.at(-1) ?? -1) >= indent.length) around.pop();
    if (!KEPT.includes(role)) continue;
    const level = /\[level=(\d)\]/.exec(rest)?.[1];
    const node: Node = { depth: around.length, role, name: name?.replaceAll(/\\(.)/g, "$1") ?? "" };
    nodes.push(level === undefined ? node : { ...node, level: Number(level) });
    around.push(indent.length);
  }
  return nodes;
}

/** The nodes as people read them in a file and in a difference. */
export const written = (nodes: Node[]): string[] =>
  nodes.map(({ depth, role, name, level }) => {
    const what = level === undefined ? role : `${role} ${level}`;
    return `${"  ".repeat(depth)}${what}${name === "" ? "" : ` “${name}”`}`;
  });

/** What is wrong with the order of landmarks and headings. */
export function broken(nodes: Node[]): string[] {
  const wrong: string[] = [];
  const top = nodes.filter(({ depth, role }) => depth === 0 && LANDMARKS.includes(role)).map(({ role }) => role);
  if (top.join() !== "banner,main,contentinfo") wrong.push(`landmarks of the page: ${top.join(", ")}`);
  for (const role of ["banner", "main", "contentinfo"]) {
    const count = nodes.filter((node) => node.role === role).length;
    if (count !== 1) wrong.push(`${count} × ${role}`);
  }
  if (!nodes.some(({ role }) => role === "navigation")) wrong.push("no navigation");
  for (const role of LANDMARKS) {
    const same = nodes.filter((node) => node.role === role);
    if (same.length < 2) continue;
    const names = same.map(({ name }) => name);
    if (names.includes("")) wrong.push(`${role}: several, one without a name`);
    if (new Set(names).size < names.length) wrong.push(`${role}: two of the same name (${names.join(", ")})`);
  }
  const levels = nodes.flatMap(({ level }) => (level === undefined ? [] : [level]));
  const first = levels.filter((level) => level === 1).length;
  if (first !== 1) wrong.push(`${first} headings of level 1`);
  if (levels[0] !== 1) wrong.push(`the first heading is of level ${levels[0]}`);
  levels.forEach((level, at) => {
    const before = levels[at - 1] ?? level;
    if (level > before + 1) wrong.push(`a heading of level ${level} after one of level ${before}`);
  });
  for (const { role, name } of nodes) {
    // The role alone tells enough of what a page has once.
    if (name === "" && !["banner", "main", "contentinfo", "search"].includes(role)) wrong.push(`a ${role} without a name`);
  }
  return wrong;
}

/** Two lists of lines beside each other: `-` only expected, `+` only found, and what is around. */
export function difference(expected: string[], found: string[]): string {
  // The longest common part of what begins at `i` and `j`.
  const common = Array.from({ length: expected.length + 1 }, () => new Array<number>(found.length + 1).fill(0));
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0;
  for (let i = expected.length - 1; i >= 0; i -= 1) {
    for (let j = found.length - 1; j >= 0; j -= 1) {
      common[i]![j] = expected[i] === found[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < expected.length || j < found.length) {
    if (i < expected.length && expected[i] === found[j]) {
      lines.push(`  ${expected[i]}`);
      [i, j] = [i + 1, j + 1];
    } else if (j >= found.length || (i < expected.length && at(i + 1, j) >= at(i, j + 1))) {
      lines.push(`- ${expected[i++]}`);
    } else {
      lines.push(`+ ${found[j++]}`);
    }
  }
  const near = (n: number) => lines.slice(Math.max(0, n - 2), n + 3).some((line) => !line.startsWith("  "));
  return lines.filter((_, n) => near(n)).join("\n");
}
