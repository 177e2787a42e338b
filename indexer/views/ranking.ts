import type { Hex } from "viem";
import type { At, RankRow } from "#protocol/http.ts";
import type { Phase, Rules } from "#protocol/rules.ts";
import { phaseAt } from "#protocol/rules.ts";
import { dividePot, rankEntries } from "#protocol/standings.ts";
import type { Window } from "#protocol/tally.ts";
import { displayedTally } from "#protocol/tally.ts";
import type { ContestRow, EntryRow } from "../project/tables.ts";
import { entries } from "../project/tables.ts";
import type { Rows } from "../store/rows.ts";
import { atOf, blockNumberAt } from "./blocks.ts";
import { contestRow } from "./contests.ts";
import { scoreOf, windowOf } from "./figures.ts";
import type { ManifestReader } from "./manifests.ts";
import { tallyAt } from "./tallyAt.ts";

const DAY = 86_400;

type Ranking = {
  readonly at: At;
  readonly phase: Phase;
  readonly window: { readonly countFrom: number; readonly votesClose: number };
  readonly rows: readonly RankRow[];
};

/** Every entry of a contest with its projected (or final) score: ranked ones first, the others by score. */
export function rankingView(rows: Rows, manifestOf: ManifestReader, address: Hex): Ranking {
  const at = atOf(rows);
  const contest = contestRow(rows, address);
  const { rules } = contest;
  const window = windowOf(rules);
  const scored = rows
    .select(entries, `"contest" = ? ORDER BY "entryId"`, address)
    .map((row) => ({ row, entryId: row.entryId, status: row.status, score: scoreOf(row, window) }));

  const ranked = rankEntries(scored, rankingRules(contest));
  const ranks = new Map(ranked.map(({ entryId }, index) => [entryId, index + 1]));
  const before = ranksAt(
    rows,
    contest,
    scored.map(({ row }) => row),
    at.block.timestamp - DAY,
  );
  const { prizes } = dividePot(contest.pot, rules.split, Math.min(ranked.length, rules.split.length));
  const others = scored
    .filter(({ entryId }) => !ranks.has(entryId))
    .sort((a, b) => (a.score === b.score ? a.entryId - b.entryId : a.score > b.score ? -1 : 1));

  return {
    at,
    phase: phaseAt(rules, at.block.timestamp, contest.finalBlock !== null),
    window: { countFrom: rules.countFrom, votesClose: rules.votesClose },
    rows: [...ranked, ...others].map(({ row, score }) => {
      const rank = ranks.get(row.entryId) ?? null;
      const manifest = manifestOf(row.manifestHash);
      return {
        rank,
        rankBefore: before.get(row.entryId) ?? null,
        entryId: row.entryId,
        name: manifest.state === "present" ? manifest.manifest.name : null,
        author: row.author,
        status: row.status,
        score: score.toString(),
        tally: displayedTally(score, window).toString(),
        weight: row.weight.toString(),
        voters: row.voters,
        support: row.support.toString(),
        prize: (rank === null ? 0n : (prizes[rank - 1] ?? 0n)).toString(),
      };
    }),
  };
}

/** Ranks as they stood at a time in seconds since 1970, by entry id. */
function ranksAt(
  rows: Rows,
  contest: ContestRow,
  of: readonly EntryRow[],
  timestamp: number,
): ReadonlyMap<number, number> {
  const block = blockNumberAt(rows, timestamp);
  if (block === null) return new Map();
  const window: Window = windowOf(contest.rules);
  const scored = of.flatMap(({ entryId, status, removedBlock }) => {
    const tally = tallyAt(rows, contest.contest, entryId, block);
    // Whatever was removed since then was live then.
    const then = removedBlock !== null && removedBlock > block ? "live" : status;
    return tally === undefined ? [] : [{ entryId, status: then, score: scoreOf(tally, window) }];
  });
  return new Map(rankEntries(scored, rankingRules(contest)).map(({ entryId }, index) => [entryId, index + 1]));
}

function rankingRules({ rules }: ContestRow): Pick<Rules, "countFrom" | "votesClose" | "minTally"> {
  return { countFrom: rules.countFrom, votesClose: rules.votesClose, minTally: BigInt(rules.minTally) };
}
