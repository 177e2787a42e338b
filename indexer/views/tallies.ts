import type { Hex } from "viem";
import type { EntryRow } from "../project/tables.ts";
import type { Cell } from "../store/column.ts";
import { amount, integer } from "../store/column.ts";
import type { Rows } from "../store/rows.ts";

/** An entry's tally as it stood once. */
type TallyThen = Pick<EntryRow, "entryId" | "weight" | "acc" | "last" | "staked" | "support" | "voters">;

const SELECT = `SELECT "entryId", "entryWeight", "acc", "last", "staked", "support", "voters" FROM "activity"`;
/** Of what happened, the changes of stakes: these say the entry's tally. */
const SAYS_TALLY = `"voters" IS NOT NULL`;

/**
 * Tallies of a contest's entries as they stood after a block, by entry id; none where no stake had touched it by then.
 * With `after`, of those entries alone that a later block than that one changed.
 */
export async function talliesAt(
  rows: Rows,
  contest: Hex,
  block: number,
  after = -1,
): Promise<ReadonlyMap<number, TallyThen>> {
  // A lower bound in here would have SQLite look through the contest's blocks instead of the entry's.
  const last = (column: string) => `(SELECT a."${column}" FROM "activity" a
    WHERE a."contest" = e."contest" AND a."entryId" = e."entryId" AND a."block" <= ? AND a.${SAYS_TALLY}
    ORDER BY a."block" DESC, a."logIndex" DESC LIMIT 1)`;
  const found = await rows.list(
    `${SELECT} WHERE ("block", "logIndex") IN
       (SELECT ${last("block")}, ${last("logIndex")} FROM "entries" e WHERE e."contest" = ?) AND "block" > ?`,
    block,
    block,
    contest,
    after,
  );
  return new Map(found.map(tallyThen).map((tally) => [tally.entryId, tally]));
}

function tallyThen([entryId = null, weight = null, acc = null, ...rest]: readonly Cell[]): TallyThen {
  const [last = null, staked = null, support = null, voters = null] = rest;
  return {
    entryId: integer.decode(entryId),
    weight: amount.decode(weight),
    acc: amount.decode(acc),
    last: integer.decode(last),
    staked: amount.decode(staked),
    support: amount.decode(support),
    voters: integer.decode(voters),
  };
}
