// What the Worker itself logged, out of all that wrangler prints.
import { type Server } from "./server.ts";

/** The Worker's lines, one JSON object each; wrangler frames warnings and errors in its own. */
export function workerLog(server: Server): string[] {
  return server
    .log()
    .split("\n")
    .flatMap((line) => /\{".*"level":".*\}/.exec(line)?.[0] ?? []);
}
