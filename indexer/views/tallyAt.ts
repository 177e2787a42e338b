import type { Hex } from "viem";
import type { TallyRow } from "../project/tables.ts";
import { tallies } from "../project/tables.ts";
import type { Rows } from "../store/rows.ts";

/** An entry's tally as it stood after a block; undefined where no stake had touched it by then. */
export async function tallyAt(rows: Rows, contest: Hex, entryId: number, block: number): Promise<TallyRow | undefined> {
  const where = `"contest" = ? AND "entryId" = ? AND "block" <= ? ORDER BY "block" DESC LIMIT 1`;
  const [tally] = await rows.select(tallies, where, contest, entryId, block);
  return tally;
}
