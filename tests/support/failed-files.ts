// A reporter for Node's test runner: one line for each file with a failed test, for a second run.
interface Event {
  type: string;
  data: { file?: string; name?: string };
}

export default async function* failedFiles(events: AsyncIterable<Event>): AsyncGenerator<string> {
  const named = new Set<string>();
  for await (const { type, data } of events) {
    if (type !== "test:fail") continue;
    // A file that ended by itself is a failed test by the name of its path.
    const file = data.file ?? (data.name?.endsWith(".test.ts") ? data.name : undefined);
    if (file === undefined || named.has(file)) continue;
    named.add(file);
    yield `${file}\n`;
  }
}
