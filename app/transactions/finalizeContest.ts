import { contestAbi } from "#protocol/abi.ts";
import type { ContestView } from "#protocol/http.ts";
import { formatExact } from "../parts/amount.ts";
import { words } from "../words/words.ts";
import type { Transaction } from "./transaction.ts";

/** Makes the result final once all entries are counted. Anyone may send it. */
export function finalizeContest(contest: ContestView): Transaction {
  return {
    title: words.steps.heading.finalize,
    done: words.steps.finished.finalize,
    contest: contest.address,
    amount: (wei) => `${formatExact(wei, contest.coin.decimals)} ${contest.coin.symbol}`,
    call: async () => ({ address: contest.address, abi: contestAbi, functionName: "finalize", args: [] }),
  };
}
