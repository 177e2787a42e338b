import type { Hex } from "viem";
import type { At } from "#protocol/http.ts";
import type { VoterRow } from "#protocol/httpBooks.ts";
import { stakes } from "../project/tables.ts";
import { amount } from "../store/column.ts";
import type { Rows } from "../store/rows.ts";
import { atOf } from "./blocks.ts";
import { contestRow } from "./contests.ts";

type VotersQuery = { readonly limit: number; readonly after?: Hex | undefined; readonly entry?: number | undefined };
type VotersPage = { readonly at: At; readonly items: readonly VoterRow[]; readonly next: Hex | null };

/**
 * Wallets with a stake in a contest, or on one entry, by address: whatever happens between two pages, no wallet that
 * keeps its stake is left out or listed twice.
 */
export async function votersView(rows: Rows, contest: Hex, { limit, after, entry }: VotersQuery): Promise<VotersPage> {
  await contestRow(rows, contest);
  const at = await atOf(rows);
  const ofEntry = entry === undefined ? "" : ` AND "entryId" = ${entry}`;
  const found = await rows.list(
    `SELECT DISTINCT "voter" FROM "stakes" WHERE "contest" = ? AND "voter" > ? AND "stake" > ?${ofEntry} ORDER BY "voter" LIMIT ?`,
    contest,
    after ?? "",
    amount.encode(0n),
    limit + 1,
  );
  const wallets = found.map(([voter]) => voter as Hex);
  const page = wallets.slice(0, limit);
  const last = page.at(-1);
  return {
    at,
    items: await Promise.all(page.map((wallet) => voterRow(rows, contest, wallet, entry))),
    next: wallets.length > page.length && last !== undefined ? last : null,
  };
}

async function voterRow(rows: Rows, contest: Hex, wallet: Hex, entry: number | undefined): Promise<VoterRow> {
  const all = await rows.select(stakes, `"contest" = ? AND "voter" = ? ORDER BY "entryId"`, contest, wallet);
  const found = all.filter(({ stake, entryId }) => stake > 0n && (entry === undefined || entryId === entry));
  return {
    wallet,
    staked: found.reduce((sum, { stake }) => sum + stake, 0n).toString(),
    stakes: found.map(({ entryId, stake, weight }) => ({
      entryId,
      stake: stake.toString(),
      weight: weight.toString(),
    })),
  };
}
