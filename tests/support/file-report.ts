// A reporter for Node's test runner, for `cargo xtask test`: a line `failed FILE` for each file with a
// failed test, which gets a second run, and a line `MS FILE` for how long each took, ms.
interface Event {
  type: string;
  data: { file?: string; name?: string; duration_ms?: number };
}

export default async function* fileReport(events: AsyncIterable<Event>): AsyncGenerator<string> {
  const failed = new Set<string>();
  for await (const { type, data } of events) {
    // One for each file, and one without a name for all of them.
    if (type === "test:summary" && data.file !== undefined) yield `${Math.round(data.duration_ms ?? 0)} ${data.file}\n`;
    if (type !== "test:fail") continue;
    // A file that ended by itself is a failed test by the name of its path.
    const file = data.file ?? (data.name?.endsWith(".test.ts") ? data.name : undefined);
    if (file === undefined || failed.has(file)) continue;
    failed.add(file);
    yield `failed ${file}\n`;
  }
}
