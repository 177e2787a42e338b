const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** When the demo's phases begin; seconds since 1970. */
export type Timeline = {
  /** Time of the chain's first block. */
  readonly chainStarts: number;
  readonly entriesOpen: number;
  readonly votesOpen: number;
  readonly countFrom: number;
  readonly votesClose: number;
};

/** A contest in the middle of its voting: open for two days, five more to go, the last three of them count. */
export function longTimeline(now: number): Timeline {
  const votesClose = now + 5 * DAY;
  return {
    chainStarts: now - 9 * DAY - HOUR,
    entriesOpen: now - 9 * DAY,
    votesOpen: now - 2 * DAY,
    countFrom: votesClose - 3 * DAY,
    votesClose,
  };
}

/** A contest of five minutes: entries for the first one, then voting, of which the second half counts. */
export function fastTimeline(now: number): Timeline {
  return {
    chainStarts: now - MINUTE,
    entriesOpen: now - MINUTE / 2,
    votesOpen: now + MINUTE,
    countFrom: now + 3 * MINUTE,
    votesClose: now + 5 * MINUTE,
  };
}
