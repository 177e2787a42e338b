import type { EntryCount } from "./entryCount.ts";
import type { Recount } from "./recount.ts";
import type { AuditRules } from "./rulesOf.ts";

export type Standing = {
  readonly entry: EntryCount;
  /** Weight-seconds at the close if nobody moves again; the final score once voting has closed. */
  readonly score: bigint;
  /** Score over the length of the window, rounded down. */
  readonly tally: bigint;
  /** From 1; undefined where no rank is held. */
  readonly rank: bigint | undefined;
  /** Wei of the prize token. */
  readonly prize: bigint;
};

export type Standings = {
  /** Ranked entries first, then the others by id. */
  readonly rows: readonly Standing[];
  /** Entry ids of ranks 1 to 10, 0 where nobody holds one. */
  readonly topTen: readonly bigint[];
  /** Wei of the pot that go back to the funders. */
  readonly unheld: bigint;
};

/** Puts recounted entries in order and divides the pot. */
export function standingsOf({ entries, pot }: Pick<Recount, "entries" | "pot">, rules: AuditRules): Standings {
  const length = rules.votesClose - rules.countFrom;
  const scored = [...entries.values()].map((entry) => ({
    entry,
    score: entry.gathered + entry.weight * (rules.votesClose - entry.until),
  }));
  const holds = ({ entry, score }: (typeof scored)[number]) =>
    takesPart(entry) && score > 0n && score >= rules.minTally * length;
  const ranked = scored.filter(holds).sort((a, b) => sign(b.score - a.score) || sign(a.entry.id - b.entry.id));
  const others = scored.filter((row) => !holds(row)).sort((a, b) => sign(a.entry.id - b.entry.id));
  const shares = rules.split.map((basisPoints) => (pot * basisPoints) / 10_000n);
  const unheld = ranked.length === 0 ? pot : sum(shares.slice(ranked.length));
  const row = ({ entry, score }: (typeof scored)[number], position: number | undefined): Standing => ({
    entry,
    score,
    tally: score / length,
    rank: position === undefined ? undefined : BigInt(position) + 1n,
    prize: position === undefined ? 0n : (shares[position] ?? 0n) + (position === 0 ? pot - sum(shares) : 0n),
  });
  return {
    rows: [...ranked.map((entry, position) => row(entry, position)), ...others.map((entry) => row(entry, undefined))],
    topTen: Array.from({ length: 10 }, (_, position) => ranked[position]?.entry.id ?? 0n),
    unheld,
  };
}

/** Weight-seconds gathered up to `time`, in seconds since 1970. */
export function gatheredAt(entry: EntryCount, rules: AuditRules, time: bigint): bigint {
  const to = time < rules.votesClose ? time : rules.votesClose;
  return to > entry.until ? entry.gathered + entry.weight * (to - entry.until) : entry.gathered;
}

/** A challenge changes nothing until it is ruled on. */
export function takesPart({ status }: Pick<EntryCount, "status">): boolean {
  return status === "live" || status === "challenged";
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}

function sign(value: bigint): number {
  return value > 0n ? 1 : value < 0n ? -1 : 0;
}
