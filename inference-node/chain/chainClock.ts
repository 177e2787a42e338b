/** The node's clock, corrected by the chain's where the two are far apart. */
export type ChainClock = {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Tells of the newest block; `timestamp` in seconds since 1970. */
  readonly observe: (head: { readonly number: number; readonly timestamp: number }) => void;
  /** Seconds by which the machine's clock is behind the chain's (above 0) or ahead of it (below 0); 0 within a tolerance. */
  readonly skew: () => number;
};

/** Milliseconds: how far apart the two may be, and how old a look at the chain may be for the next block to be news. */
const tolerance = 120_000;
const freshMs = 60_000;

/**
 * A block's time is never far in the future, so a chain that is ahead means that the machine's clock is behind. A chain
 * that is behind may just stand still: only a block that has appeared since a moment ago tells that the machine's clock
 * is ahead. While the chain is away, the last correction holds. `local`: milliseconds since 1970.
 */
export function createChainClock(local: () => number): ChainClock {
  let offset = 0;
  let seen: { readonly number: number; readonly at: number } | null = null;
  return {
    now: () => local() + offset,
    observe({ number, timestamp }) {
      const at = local();
      const apart = timestamp * 1000 - at;
      const isNews = seen !== null && number > seen.number && at - seen.at < freshMs;
      if (apart > tolerance) offset = apart;
      else if (apart >= -tolerance) offset = 0;
      else if (isNews) offset = apart;
      seen = { number, at };
    },
    skew: () => Math.round(offset / 1000),
  };
}
