import type { Hex } from "viem";
import type { At, HistoryPoint } from "#protocol/http.ts";
import { entries } from "../project/tables.ts";
import type { Rows } from "../store/rows.ts";
import { atOf, blockNumberAt } from "./blocks.ts";
import { contestRow } from "./contests.ts";
import { scoreOf, windowOf } from "./figures.ts";
import { talliesUpTo } from "./tallies.ts";

type History = {
  readonly at: At;
  readonly from: number;
  readonly to: number;
  readonly points: readonly HistoryPoint[];
};

/**
 * Scores over time, from the opening of the vote until now or its close, at the ends of `buckets` equal stretches.
 * Exact: each point comes from the tallies as they stood then. One pass over what changed, entry by entry.
 */
export async function historyView(rows: Rows, address: Hex, buckets: number): Promise<History> {
  const at = await atOf(rows);
  const { rules } = await contestRow(rows, address);
  const window = windowOf(rules);
  const from = rules.votesOpen;
  const to = Math.max(from, Math.min(at.block.timestamp, rules.votesClose));
  const points = await Promise.all(
    bucketEnds(from, to, buckets).map(async (timestamp) => ({
      timestamp,
      block: await blockNumberAt(rows, timestamp),
      scores: {} as Record<string, string>,
    })),
  );

  const last = points.at(-1)?.block ?? null;
  const changes = last === null ? [] : await talliesUpTo(rows, address, last);
  const gone = await rows.select(entries, `"contest" = ? AND "removedBlock" IS NOT NULL`, address);
  const removed = new Map(gone.map(({ entryId, removedBlock }) => [entryId, removedBlock]));
  let bucket = 0;
  changes.forEach((tally, index) => {
    if (tally.entryId !== changes[index - 1]?.entryId) bucket = 0;
    const next = changes[index + 1];
    const changed = next?.entryId === tally.entryId ? next.block : Number.POSITIVE_INFINITY;
    const until = Math.min(changed, removed.get(tally.entryId) ?? Number.POSITIVE_INFINITY);
    const endsBefore = (block: number) => bucket < points.length && (points[bucket]?.block ?? -1) < block;
    while (endsBefore(tally.block)) bucket++;
    if (!endsBefore(until)) return;
    const score = scoreOf(tally, window);
    for (; endsBefore(until); bucket++) {
      const point = points[bucket];
      if (score > 0n && point !== undefined) point.scores[tally.entryId] = score.toString();
    }
  });
  return { at, from, to, points: points.map(({ timestamp, scores }) => ({ timestamp, scores })) };
}

/** Ends of equal stretches, in whole seconds, each once, the last one at `to`. */
function bucketEnds(from: number, to: number, buckets: number): number[] {
  if (to <= from) return [];
  const ends = Array.from({ length: buckets }, (_, index) => from + Math.floor(((to - from) * (index + 1)) / buckets));
  return [...new Set(ends)];
}
