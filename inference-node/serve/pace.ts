import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Slows streams down so that all of them together stay below a rate. `bytesPerSecond`: of all.
 *
 * Who takes bytes waits until those that were taken before are paid for; a reader that goes away stops its stream.
 */
export function createPace(bytesPerSecond: number) {
  let paidUntil = 0;
  return async function* pace(stream: Readable): AsyncGenerator<Buffer> {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      const now = performance.now();
      const from = Math.max(paidUntil, now);
      paidUntil = from + (chunk.length / bytesPerSecond) * 1_000;
      if (from > now) await sleep(from - now);
      yield chunk;
    }
  };
}
