import type { Hex } from "viem";
import type { At, RankRow } from "#protocol/http.ts";
import type { Phase, Rules } from "#protocol/rules.ts";
import { phaseAt } from "#protocol/rules.ts";
import { dividePot, rankEntries } from "#protocol/standings.ts";
import type { Window } from "#protocol/tally.ts";
import { displayedTally } from "#protocol/tally.ts";
import type { ContestRow } from "../project/tables.ts";
import { entries } from "../project/tables.ts";
import type { Rows } from "../store/rows.ts";
import { atOf, blockNumberAt, pastOf } from "./blocks.ts";
import { contestRow } from "./contests.ts";
import type { EntryAt } from "./entriesAt.ts";
import { entriesAt, potAt } from "./entriesAt.ts";
import { NotFoundError } from "./errors.ts";
import { scoreOf, windowOf } from "./figures.ts";
import type { ManifestReader } from "./manifests.ts";

const DAY = 86_400;

type Ranking = {
  readonly at: At;
  readonly phase: Phase;
  readonly window: { readonly countFrom: number; readonly votesClose: number };
  readonly rows: readonly RankRow[];
};

/**
 * Every entry of a contest with its projected (or final) score, ranked ones first, the others by score; as it stood after
 * a past block where `block` names one.
 */
export async function rankingView(
  rows: Rows,
  manifestOf: ManifestReader,
  address: Hex,
  block?: number,
): Promise<Ranking> {
  const contest = await contestRow(rows, address);
  const at = block === undefined ? await atOf(rows) : await pastOf(rows, block);
  if (at.block.number < contest.createdBlock)
    throw new NotFoundError(`The contest ${address} was created in block ${contest.createdBlock}, after ${block}.`);
  const { rules } = contest;
  const window = windowOf(rules);
  const isFinal = contest.finalBlock !== null && contest.finalBlock <= at.block.number;
  const states: readonly EntryAt[] =
    block === undefined
      ? await rows.select(entries, `"contest" = ? ORDER BY "entryId"`, address)
      : await entriesAt(rows, contest, at.block.number);
  const pot = block === undefined ? contest.pot : await potAt(rows, contest, at.block.number);
  const scored = states.map((row) => ({
    row,
    entryId: row.entryId,
    status: row.status,
    score: scoreOf(row, window),
  }));

  const ranked = rankEntries(scored, rankingRules(contest));
  const ranks = new Map(ranked.map(({ entryId }, index) => [entryId, index + 1]));
  const before = await ranksAt(rows, contest, at.block.timestamp - DAY);
  const { prizes } = dividePot(pot, rules.split, Math.min(ranked.length, rules.split.length));
  const others = scored
    .filter(({ entryId }) => !ranks.has(entryId))
    .sort((a, b) => (a.score === b.score ? a.entryId - b.entryId : a.score > b.score ? -1 : 1));

  const listed = [...ranked, ...others].map(async ({ row, score }) => {
    const rank = ranks.get(row.entryId) ?? null;
    const manifest = await manifestOf(rows, { ...row, contest: address });
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
  });
  return {
    at,
    phase: phaseAt(rules, at.block.timestamp, isFinal),
    window: { countFrom: rules.countFrom, votesClose: rules.votesClose },
    rows: await Promise.all(listed),
  };
}

/** Ranks as they stood at a time in seconds since 1970, by entry id. */
async function ranksAt(rows: Rows, contest: ContestRow, timestamp: number): Promise<ReadonlyMap<number, number>> {
  const block = await blockNumberAt(rows, timestamp);
  if (block === null) return new Map();
  const window: Window = windowOf(contest.rules);
  const then = await entriesAt(rows, contest, block);
  const scored = then.map((entry) => ({ ...entry, score: scoreOf(entry, window) }));
  return new Map(rankEntries(scored, rankingRules(contest)).map(({ entryId }, index) => [entryId, index + 1]));
}

function rankingRules({ rules }: ContestRow): Pick<Rules, "countFrom" | "votesClose" | "minTally"> {
  return { countFrom: rules.countFrom, votesClose: rules.votesClose, minTally: BigInt(rules.minTally) };
}
