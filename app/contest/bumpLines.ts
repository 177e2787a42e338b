import type { HistoryPoint } from "#protocol/http.ts";

export type BumpLine = {
  readonly entryId: number;
  /** Rank at each point, null where the entry held none. */
  readonly ranks: readonly (number | null)[];
};

/**
 * Turns scores over time into ranks over time. Equal scores: the lower entry id goes first. Returns the `places` best at
 * the last point, in their order there. `points` are in the order of time.
 */
export function bumpLines(points: readonly HistoryPoint[], places: number): readonly BumpLine[] {
  const tables = points.map(ranksAt);
  const last = tables.at(-1) ?? new Map<number, number>();
  return [...last]
    .filter(([, rank]) => rank <= places)
    .sort(([, a], [, b]) => a - b)
    .map(([entryId]) => ({
      entryId,
      ranks: tables.map((table) => {
        const rank = table.get(entryId);
        return rank === undefined || rank > places ? null : rank;
      }),
    }));
}

/** The line that climbed most from its first to its last point; null where none climbed. Equal climbs: the better one now. */
export function biggestClimber(lines: readonly BumpLine[]): number | null {
  let best: { readonly entryId: number; readonly climb: number } | null = null;
  for (const { entryId, ranks } of lines) {
    const held = ranks.filter((rank) => rank !== null);
    const climb = (held[0] ?? 0) - (held.at(-1) ?? 0);
    if (climb > (best?.climb ?? 0)) best = { entryId, climb };
  }
  return best?.entryId ?? null;
}

function ranksAt({ scores }: HistoryPoint): ReadonlyMap<number, number> {
  const sorted = Object.entries(scores)
    .map(([id, score]) => ({ entryId: Number(id), score: BigInt(score) }))
    .filter(({ score }) => score > 0n)
    .sort((a, b) => (a.score === b.score ? a.entryId - b.entryId : a.score > b.score ? -1 : 1));
  return new Map(sorted.map(({ entryId }, index) => [entryId, index + 1]));
}
