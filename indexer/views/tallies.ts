import type { Hex } from "viem";
import type { EntryRow } from "../project/tables.ts";
import type { Cell } from "../store/column.ts";
import { amount, integer } from "../store/column.ts";
import type { Rows } from "../store/rows.ts";

/** An entry's tally from a block on. */
export type TallyThen = Pick<EntryRow, "entryId" | "weight" | "acc" | "last" | "staked" | "support" | "voters"> & {
  readonly block: number;
};

const SELECT = `SELECT "entryId", "block", "entryWeight", "acc", "last", "staked", "support", "voters" FROM "activity"`;
/** Of what happened, the changes of stakes: these say the entry's tally. */
const SAYS_TALLY = `"voters" IS NOT NULL`;

/** Tallies of a contest's entries as they stood after a block, by entry id; none where no stake had touched it by then. */
export async function talliesAt(rows: Rows, contest: Hex, block: number): Promise<ReadonlyMap<number, TallyThen>> {
  const last = (column: string) => `(SELECT a."${column}" FROM "activity" a
    WHERE a."contest" = e."contest" AND a."entryId" = e."entryId" AND a."block" <= ? AND a.${SAYS_TALLY}
    ORDER BY a."block" DESC, a."logIndex" DESC LIMIT 1)`;
  const found = await rows.list(
    `${SELECT} WHERE ("block", "logIndex") IN
       (SELECT ${last("block")}, ${last("logIndex")} FROM "entries" e WHERE e."contest" = ?)`,
    block,
    block,
    contest,
  );
  return new Map(found.map(tallyThen).map((tally) => [tally.entryId, tally]));
}

/** Every tally that a contest's entries had up to a block, entry by entry, in the order in which they changed. */
export async function talliesUpTo(rows: Rows, contest: Hex, block: number): Promise<TallyThen[]> {
  const found = await rows.list(
    `${SELECT} WHERE "contest" = ? AND "block" <= ? AND ${SAYS_TALLY} ORDER BY "entryId", "block", "logIndex"`,
    contest,
    block,
  );
  return found.map(tallyThen);
}

function tallyThen([entryId = null, block = null, weight = null, acc = null, ...rest]: readonly Cell[]): TallyThen {
  const [last = null, staked = null, support = null, voters = null] = rest;
  return {
    entryId: integer.decode(entryId),
    block: integer.decode(block),
    weight: amount.decode(weight),
    acc: amount.decode(acc),
    last: integer.decode(last),
    staked: amount.decode(staked),
    support: amount.decode(support),
    voters: integer.decode(voters),
  };
}
