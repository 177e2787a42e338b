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

/** The time of day where the answer was made: this machine's own clock may be set otherwise. */
function timeOf(headers: unknown): number {
  const said = headers instanceof Headers ? Date.parse(headers.get("date") ?? "") : Number.NaN;
  return Number.isNaN(said) ? Date.now() : said;
}

/** `Retry-After` in seconds or as a date. Source: RFC 9110, 10.2.3. */
function waitOf(headers: unknown): number {
  const given = headers instanceof Headers ? headers.get("retry-after") : null;
  if (given === null) return DEFAULT_MS;
  const ms = /^\d+$/.test(given) ? Number(given) * 1_000 : Date.parse(given) - timeOf(headers);
  return Number.isFinite(ms) ? Math.min(MOST_MS, Math.max(0, ms)) : DEFAULT_MS;
}
