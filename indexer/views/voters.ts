import type { Hex } from "viem";
import type { At, VoterView } from "#protocol/http.ts";
import { credits, entries, stakes, wallets } from "../project/tables.ts";
import type { Rows } from "../store/rows.ts";
import { atOf, blockOf } from "./blocks.ts";
import { contestRow } from "./contests.ts";

/** What a wallet has in a contest; a wallet that did nothing is empty, not unknown. */
export async function voterView(
  rows: Rows,
  contest: Hex,
  wallet: Hex,
): Promise<{ readonly at: At; readonly voter: VoterView }> {
  await contestRow(rows, contest);
  const row = await rows.get(wallets, [contest, wallet]);
  const staked = await rows.select(stakes, `"contest" = ? AND "voter" = ? ORDER BY "entryId"`, contest, wallet);
  const owed = await rows.select(credits, `"contest" = ? AND "account" = ? ORDER BY "token"`, contest, wallet);
  const own = await rows.select(entries, `"contest" = ? AND "author" = ? ORDER BY "entryId"`, contest, wallet);
  return {
    at: await atOf(rows),
    voter: {
      wallet,
      nullifier: row?.nullifier ?? null,
      stakes: await Promise.all(
        staked
          .filter(({ stake }) => stake > 0n)
          .map(async ({ entryId, stake, weight, changedBlock }) => ({
            entryId,
            stake: stake.toString(),
            weight: weight.toString(),
            changedAt: await blockOf(rows, changedBlock),
          })),
      ),
      credits: owed
        .filter(({ amount }) => amount > 0n)
        .map(({ token, amount }) => ({ token, amount: amount.toString() })),
      funded: (row?.funded ?? 0n).toString(),
      entries: own.map(({ entryId }) => entryId),
    },
  };
}
