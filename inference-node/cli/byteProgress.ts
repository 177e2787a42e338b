import { SingleBar } from "cli-progress";

/** Shows how far the reading or fetching of a file is: on stderr, and only at a terminal. */
export type ByteProgress = { readonly at: (bytes: number) => void; readonly end: () => void };

/** `total`: bytes. `quiet`: shows nothing. */
export function createByteProgress(what: string, total: number, quiet: boolean): ByteProgress {
  if (quiet || !process.stderr.isTTY) return { at: () => undefined, end: () => undefined };
  const bar = new SingleBar({
    format: `${what} {bar} {percentage} % of ${(total / 1e6).toFixed(1)} MB, {eta_formatted} left`,
    stream: process.stderr,
    hideCursor: true,
  });
  bar.start(total, 0);
  return { at: (bytes) => bar.update(bytes), end: () => bar.stop() };
}
