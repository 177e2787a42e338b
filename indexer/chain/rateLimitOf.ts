import { retryAfterOf } from "#protocol/retryAfterOf.ts";

/** When an endpoint does not say how long to wait. */
const DEFAULT_MS = 1_000;
const MOST_MS = 60_000;
/** JSON-RPC codes with which endpoints limit how much is asked; some use them for ranges that are too wide as well. */
const LIMIT_CODES: readonly unknown[] = [429, -32005, -32029, -32090];

type Clues = {
  readonly status?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly details?: unknown;
  readonly headers?: unknown;
  readonly cause?: unknown;
};

/** Milliseconds that an endpoint asks to wait with this error; undefined where it says something else. */
export function rateLimitOf(error: unknown): number | undefined {
  for (let at = error as Clues | undefined; at !== undefined && at !== null; at = at.cause as Clues | undefined) {
    if (at.status === 429) return waitOf(at.headers);
    const words = `${String(at.message)} ${String(at.details)}`;
    if (LIMIT_CODES.includes(at.code) && /too many requests|rate.?limit|per second|throttl/i.test(words))
      return DEFAULT_MS;
  }
  return undefined;
}

function waitOf(headers: unknown): number {
  const wanted = headers instanceof Headers ? retryAfterOf(headers) : undefined;
  return Math.min(MOST_MS, wanted ?? DEFAULT_MS);
}
