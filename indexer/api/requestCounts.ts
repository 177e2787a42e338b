import type { FastifyRateLimitStore, FastifyRateLimitStoreCtor } from "@fastify/rate-limit";

/** Addresses counted at once; beyond it counting starts anew, so that strangers cannot fill the memory. */
const MOST_ADDRESSES = 100_000;

/**
 * Counts requests for `@fastify/rate-limit`, all addresses in the same window. `now` in milliseconds from a clock that
 * nobody sets: the plugin's own count goes by the time of day, and set back by hours it would refuse people for hours.
 */
export function requestCounts(now: () => number): FastifyRateLimitStoreCtor {
  function Counts(): FastifyRateLimitStore {
    const counts = new Map<string, number>();
    let ends = Number.NEGATIVE_INFINITY;
    const store: FastifyRateLimitStore = {
      incr(key, callback, timeWindow = 60_000) {
        if (now() >= ends || counts.size >= MOST_ADDRESSES) {
          counts.clear();
          ends = now() + timeWindow;
        }
        const current = (counts.get(key) ?? 0) + 1;
        counts.set(key, current);
        callback(null, { current, ttl: ends - now() });
      },
      child: () => store,
    };
    return store;
  }
  // The plugin says `new`.
  return Counts as unknown as FastifyRateLimitStoreCtor;
}
