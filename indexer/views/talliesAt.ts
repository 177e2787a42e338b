import type { Hex } from "viem";
import type { TallyRow } from "../project/tables.ts";
import { tallies } from "../project/tables.ts";
import type { Rows } from "../store/rows.ts";

/** Tallies of a contest's entries as they stood after a block, by entry id; none where no stake had touched it by then. */
export async function talliesAt(rows: Rows, contest: Hex, block: number): Promise<ReadonlyMap<number, TallyRow>> {
  const last = `SELECT max(t."block") FROM "tallies" t
    WHERE t."contest" = e."contest" AND t."entryId" = e."entryId" AND t."block" <= ?`;
  const found = await rows.select(
    tallies,
    `("block", "contest", "entryId") IN
       (SELECT (${last}), e."contest", e."entryId" FROM "entries" e WHERE e."contest" = ?)`,
    block,
    contest,
  );
  return new Map(found.map((tally) => [tally.entryId, tally]));
}
