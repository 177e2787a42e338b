import { contestAbi } from "#protocol/abi.ts";
import type { ContestView } from "#protocol/http.ts";
import { formatExact } from "../parts/amount.ts";
import { words } from "../words/words.ts";
import type { Transaction } from "./transaction.ts";

/** Counts further entries after the close. Anyone may send it. */
export function countEntries(contest: ContestView, limit: number): Transaction {
  return {
    title: words.steps.heading.count,
    done: words.steps.finished.count,
    contest: contest.address,
    amount: (wei) => `${formatExact(wei, contest.coin.decimals)} ${contest.coin.symbol}`,
    call: async () => ({ address: contest.address, abi: contestAbi, functionName: "count", args: [BigInt(limit)] }),
  };
}
