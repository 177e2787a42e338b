import { contestAbi } from "#protocol/abi.ts";
import type { ContestView } from "#protocol/http.ts";
import { formatExact } from "../parts/amount.ts";
import { words } from "../words/words.ts";
import type { Transaction } from "./transaction.ts";

/** Brings all coins home from these entries in one transaction. `total` is what they are, in wei. */
export function withdrawAll({
  contest,
  entryIds,
  total,
}: {
  readonly contest: ContestView;
  readonly entryIds: readonly number[];
  readonly total: bigint;
}): Transaction {
  const written = (wei: bigint) => `${formatExact(wei, contest.coin.decimals)} ${contest.coin.symbol}`;
  return {
    title: words.steps.heading.withdrawMany(written(total)),
    done: words.steps.finished.withdrawMany(written(total)),
    contest: contest.address,
    amount: written,
    call: async () => ({
      address: contest.address,
      abi: contestAbi,
      functionName: "withdrawMany",
      args: [entryIds.map(BigInt)],
    }),
  };
}
