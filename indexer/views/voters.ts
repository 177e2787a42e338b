import type { Hex } from "viem";
import type { At, VoterView } from "#protocol/http.ts";
import { credits, entries, stakes, wallets } from "../project/tables.ts";
import type { Rows } from "../store/rows.ts";
import { atOf, blockOf } from "./blocks.ts";
import { contestRow } from "./contests.ts";

/** What a wallet has in a contest; a wallet that did nothing is empty, not unknown. */
export function voterView(rows: Rows, contest: Hex, wallet: Hex): { readonly at: At; readonly voter: VoterView } {
  contestRow(rows, contest);
  const row = rows.get(wallets, [contest, wallet]);
  return {
    at: atOf(rows),
    voter: {
      wallet,
      nullifier: row?.nullifier ?? null,
      stakes: rows
        .select(stakes, `"contest" = ? AND "voter" = ? ORDER BY "entryId"`, contest, wallet)
        .filter(({ stake }) => stake > 0n)
        .map(({ entryId, stake, weight, changedBlock }) => ({
          entryId,
          stake: stake.toString(),
          weight: weight.toString(),
          changedAt: blockOf(rows, changedBlock),
        })),
      credits: rows
        .select(credits, `"contest" = ? AND "account" = ? ORDER BY "token"`, contest, wallet)
        .filter(({ amount }) => amount > 0n)
        .map(({ token, amount }) => ({ token, amount: amount.toString() })),
      funded: (row?.funded ?? 0n).toString(),
      entries: rows
        .select(entries, `"contest" = ? AND "author" = ? ORDER BY "entryId"`, contest, wallet)
        .map(({ entryId }) => entryId),
    },
  };
}
