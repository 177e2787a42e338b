import type { EntryView } from "#protocol/http.ts";
import type { Window } from "#protocol/tally.ts";
import { displayedTally, projectedScore } from "#protocol/tally.ts";
import type { WireRules } from "#protocol/wireRules.ts";
import type { EntryRow } from "../project/tables.ts";

type Figures = Pick<
  EntryView,
  "entryId" | "status" | "weight" | "acc" | "last" | "score" | "tally" | "support" | "staked" | "voters"
>;

export function windowOf(rules: Pick<WireRules, "countFrom" | "votesClose">): Window {
  return { countFrom: BigInt(rules.countFrom), votesClose: BigInt(rules.votesClose) };
}

/** Projected (or final) score of a tally, in weight-seconds. It changes with stakes only, not with time. */
export function scoreOf({ weight, acc, last }: Pick<EntryRow, "weight" | "acc" | "last">, window: Window): bigint {
  return projectedScore({ weight, acc, last: BigInt(last), status: "live" }, window);
}

/** An entry's figures as they are served. */
export function figuresOf(row: EntryRow, window: Window): Figures {
  const score = scoreOf(row, window);
  return {
    entryId: row.entryId,
    status: row.status,
    weight: row.weight.toString(),
    acc: row.acc.toString(),
    last: row.last,
    score: score.toString(),
    tally: displayedTally(score, window).toString(),
    support: row.support.toString(),
    staked: row.staked.toString(),
    voters: row.voters,
  };
}
