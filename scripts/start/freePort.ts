import { createServer } from "node:net";
import { BaseError } from "#protocol/errors.ts";

const LAST_PORT = 65_535;

/** `wanted`, or the next port above it that is free on this machine and not in `taken`, which it then joins. */
export async function freePort(wanted: number, taken: Set<number>): Promise<number> {
  for (let port = wanted; port <= LAST_PORT; port++) {
    if (taken.has(port) || !(await isFree(port))) continue;
    taken.add(port);
    return port;
  }
  throw new BaseError(`No port from ${wanted} on is free.`, { metaMessages: ["name another first one with --port"] });
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}
