import type { EntryStatus } from "./rules.ts";

/** The averaging window, in seconds since 1970. Scores gather in `[countFrom, votesClose)`. */
export type Window = { readonly countFrom: bigint; readonly votesClose: bigint };

/** The running tally of an entry, as the contract keeps it. */
export type Tally = {
  /** Sum of the weights that count now. */
  readonly weight: bigint;
  /** Weight-seconds gathered inside the window up to `last`. */
  readonly acc: bigint;
  /** Seconds after `countFrom` up to which `acc` is complete. */
  readonly last: bigint;
  readonly status: EntryStatus;
};

export const EMPTY_TALLY: Tally = { weight: 0n, acc: 0n, last: 0n, status: "live" };

/** Gathers weight-seconds up to `time`. Source: contracts/PROTOCOL.md, Tally. */
export function accrue(tally: Tally, time: bigint, window: Window): Tally {
  const elapsed = clampToWindow(time, window);
  if (elapsed <= tally.last) return tally;
  return { ...tally, acc: tally.acc + tally.weight * (elapsed - tally.last), last: elapsed };
}

/** The tally after the entry's weight became `weight` at `time`. */
export function reweighTally(tally: Tally, weight: bigint, time: bigint, window: Window): Tally {
  return { ...accrue(tally, time, window), weight };
}

/**
 * What the score will be if nobody moves again, in weight-seconds: gathered until now plus the present weight until
 * the close. After the close this is the score itself. Source: contracts/PROTOCOL.md, Tally.
 */
export function projectedScore(tally: Tally, window: Window): bigint {
  return tally.acc + tally.weight * (window.votesClose - window.countFrom - tally.last);
}

/** A score as average weight over the window, rounded down: the tally that people read. */
export function displayedTally(score: bigint, window: Window): bigint {
  return score / (window.votesClose - window.countFrom);
}

/** Whole square root, rounded down (Newton). Throws `RangeError` for negative values. */
export function floorSqrt(value: bigint): bigint {
  if (value < 0n) throw new RangeError(`no square root of ${value}`);
  if (value < 2n) return value;
  let guess = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (guess + value / guess) >> 1n;
    if (next >= guess) return guess;
    guess = next;
  }
}

/** Weight of a counted stake of `stake` wei. */
export function weightOf(stake: bigint, mode: "open" | "personhood"): bigint {
  return mode === "open" ? stake : floorSqrt(stake);
}

function clampToWindow(time: bigint, { countFrom, votesClose }: Window): bigint {
  const inside = time < votesClose ? time : votesClose;
  return inside > countFrom ? inside - countFrom : 0n;
}
