import { contestAbi } from "#protocol/abi.ts";
import type { ContestView } from "#protocol/http.ts";
import { formatExact } from "../parts/amount.ts";
import { words } from "../words/words.ts";
import type { Transaction } from "./transaction.ts";

/** Counts what a person staked before being verified, from now on. */
export function reweighStakes(contest: ContestView, entryIds: readonly number[]): Transaction {
  return {
    title: words.steps.heading.reweigh,
    done: words.steps.finished.reweigh,
    contest: contest.address,
    amount: (wei) => `${formatExact(wei, contest.coin.decimals)} ${contest.coin.symbol}`,
    call: async () => ({
      address: contest.address,
      abi: contestAbi,
      functionName: "reweigh",
      args: [entryIds.map(BigInt)],
    }),
  };
}
