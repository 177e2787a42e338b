import type { Hex } from "viem";
import type { At, HistoryPoint } from "#protocol/http.ts";
import { entries } from "../project/tables.ts";
import type { Rows } from "../store/rows.ts";
import { atOf, blockNumberAt } from "./blocks.ts";
import { contestRow } from "./contests.ts";
import { scoreOf, windowOf } from "./figures.ts";
import { tallyAt } from "./tallyAt.ts";

type History = {
  readonly at: At;
  readonly from: number;
  readonly to: number;
  readonly points: readonly HistoryPoint[];
};

/**
 * Scores over time, from the opening of the vote until now or its close, at the ends of `buckets` equal stretches.
 * Exact: each point comes from the tallies as they stood then.
 */
export function historyView(rows: Rows, address: Hex, buckets: number): History {
  const at = atOf(rows);
  const { rules } = contestRow(rows, address);
  const window = windowOf(rules);
  const from = rules.votesOpen;
  const to = Math.max(from, Math.min(at.block.timestamp, rules.votesClose));
  const ids = rows.select(entries, `"contest" = ? ORDER BY "entryId"`, address).map(({ entryId }) => entryId);

  const points = bucketEnds(from, to, buckets).map((timestamp) => {
    const block = blockNumberAt(rows, timestamp);
    const scores: Record<string, string> = {};
    if (block === null) return { timestamp, scores };
    for (const entryId of ids) {
      const tally = tallyAt(rows, address, entryId, block);
      const score = tally === undefined ? 0n : scoreOf(tally, window);
      if (score > 0n) scores[entryId] = score.toString();
    }
    return { timestamp, scores };
  });
  return { at, from, to, points };
}

/** Ends of equal stretches, in whole seconds, each once, the last one at `to`. */
function bucketEnds(from: number, to: number, buckets: number): number[] {
  if (to <= from) return [];
  const ends = Array.from({ length: buckets }, (_, index) => from + Math.floor(((to - from) * (index + 1)) / buckets));
  return [...new Set(ends)];
}
