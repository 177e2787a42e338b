import type { Server } from "node:http";
import { report } from "node:process";
import type { Logger } from "pino";

/** Open files that the database, the chain's endpoints and what is fetched may need. */
const KEPT_FREE = 128;
const LEAST = 16;
/** Milliseconds between two words in the log about connections that were refused. */
const QUIET_MS = 60_000;

/** How many connections this process can hold beside all that it opens itself: the system limits its open files. */
export function mostConnections(): number {
  // Without looking at the network, which may take long.
  Object.assign(report, { excludeNetwork: true });
  const { userLimits } = report.getReport() as { userLimits?: { open_files?: { soft?: unknown } } };
  const soft = userLimits?.open_files?.soft;
  return typeof soft === "number" ? Math.max(LEAST, soft - KEPT_FREE) : Number.POSITIVE_INFINITY;
}

/** Has `server` close what comes beyond `most` connections at once, and says so in the log now and then. */
export function limitConnections(server: Server, most: number, log: Pick<Logger, "warn">): void {
  if (most === Number.POSITIVE_INFINITY) return;
  server.maxConnections = most;
  let refused = 0;
  let toldAt = Number.NEGATIVE_INFINITY;
  server.on("drop", () => {
    refused += 1;
    if (performance.now() - toldAt < QUIET_MS) return;
    log.warn({ most, refused }, "more connections than this process may open files for: new ones are closed");
    toldAt = performance.now();
    refused = 0;
  });
}
