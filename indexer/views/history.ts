import type { Hex } from "viem";
import type { At, HistoryPoint } from "#protocol/http.ts";
import { entries } from "../project/tables.ts";
import type { Rows } from "../store/rows.ts";
import { atOf, blockNumberAt } from "./blocks.ts";
import { contestRow } from "./contests.ts";
import { scoreOf, windowOf } from "./figures.ts";
import { talliesAt } from "./tallies.ts";

type History = {
  readonly at: At;
  readonly from: number;
  readonly to: number;
  readonly points: readonly HistoryPoint[];
};

/**
 * Scores over time, from the opening of the vote until now or its close, at the ends of `buckets` equal stretches.
 * Exact: each point comes from the tallies as they stood then. What one stretch did not change is taken over from the
 * one before, so that the stakes between are not read, however many they are.
 */
export async function historyView(rows: Rows, address: Hex, buckets: number): Promise<History> {
  const at = await atOf(rows);
  const { rules } = await contestRow(rows, address);
  const window = windowOf(rules);
  const from = rules.votesOpen;
  const to = Math.max(from, Math.min(at.block.timestamp, rules.votesClose));
  const gone = await rows.select(entries, `"contest" = ? AND "removedBlock" IS NOT NULL`, address);
  const scores = new Map<number, bigint>();
  const points: HistoryPoint[] = [];
  let done = -1;
  for (const timestamp of bucketEnds(from, to, buckets)) {
    const block = (await blockNumberAt(rows, timestamp)) ?? -1;
    if (block > done) {
      for (const [id, tally] of await talliesAt(rows, address, block, done)) scores.set(id, scoreOf(tally, window));
      for (const { entryId, removedBlock } of gone) if ((removedBlock ?? 0) <= block) scores.delete(entryId);
      done = block;
    }
    points.push({ timestamp, scores: inWords(scores) });
  }
  return { at, from, to, points };
}

/** Scores above 0, by entry id. */
function inWords(scores: ReadonlyMap<number, bigint>): Record<string, string> {
  const told = [...scores].filter(([, score]) => score > 0n).map(([id, score]) => [id, score.toString()]);
  return Object.fromEntries(told);
}

/** Ends of equal stretches, in whole seconds, each once, the last one at `to`. */
function bucketEnds(from: number, to: number, buckets: number): number[] {
  if (to <= from) return [];
  const ends = Array.from({ length: buckets }, (_, index) => from + Math.floor(((to - from) * (index + 1)) / buckets));
  return [...new Set(ends)];
}
