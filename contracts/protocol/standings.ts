import type { EntryStatus, Rules } from "./rules.ts";

export type Scored = {
  readonly entryId: number;
  /** Weight-seconds, projected or final. */
  readonly score: bigint;
  readonly status: EntryStatus;
};

type RankingRules = Pick<Rules, "countFrom" | "votesClose" | "minTally">;

/** Whether an entry may hold a rank: live, a score above 0, and an average weight of at least `minTally`. */
export function canHoldRank({ score, status }: Scored, rules: RankingRules): boolean {
  if (status !== "live" && status !== "challenged") return false;
  return score > 0n && score >= rules.minTally * BigInt(rules.votesClose - rules.countFrom);
}

/**
 * Ranks entries by score. `entries`: any order, score in weight-seconds. Returns those that may hold a rank, highest
 * first; equal scores by lower entry id. Source: contracts/PROTOCOL.md, Standings.
 */
export function rankEntries<T extends Scored>(entries: readonly T[], rules: RankingRules): T[] {
  return entries
    .filter((entry) => canHoldRank(entry, rules))
    .sort((a, b) => (a.score === b.score ? a.entryId - b.entryId : a.score > b.score ? -1 : 1));
}

export type Payout = {
  /** Wei of the prize token for ranks 1 to 10; 0 where nobody holds the rank. */
  readonly prizes: readonly bigint[];
  /** Wei that go back to the funders. */
  readonly unheld: bigint;
};

/**
 * Divides a pot. `held`: how many ranks are held, 0 to 10. Each rank gets its share rounded down; the dust goes to rank
 * 1; what nobody holds goes back to the funders. Source: contracts/PROTOCOL.md, Prizes.
 */
export function dividePot(pot: bigint, split: readonly number[], held: number): Payout {
  if (held === 0) return { prizes: split.map(() => 0n), unheld: pot };
  const shares = split.map((basisPoints) => (pot * BigInt(basisPoints)) / 10_000n);
  const dust = pot - shares.reduce((sum, share) => sum + share, 0n);
  const prizes = shares.map((share, index) => (index >= held ? 0n : index === 0 ? share + dust : share));
  return { prizes, unheld: shares.slice(held).reduce((sum, share) => sum + share, 0n) };
}

/** The ids of ranks 1 to 10 out of the word that `Finalized` carries; 0 where nobody holds the rank. */
export function unpackRanks(ranks: bigint): number[] {
  return Array.from({ length: 10 }, (_, i) => Number(BigInt.asUintN(16, ranks >> BigInt(16 * i))));
}
