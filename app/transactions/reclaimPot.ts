import { contestAbi } from "#protocol/abi.ts";
import type { ContestView } from "#protocol/http.ts";
import { formatExact } from "../parts/amount.ts";
import { words } from "../words/words.ts";
import type { Transaction } from "./transaction.ts";

/** Takes the caller's share of unheld prizes back, as one who filled the pot. */
export function reclaimPot(contest: ContestView): Transaction {
  return {
    title: words.steps.heading.reclaim,
    done: words.steps.finished.reclaim,
    contest: contest.address,
    amount: (wei) => `${formatExact(wei, contest.coin.decimals)} ${contest.coin.symbol}`,
    call: async () => ({ address: contest.address, abi: contestAbi, functionName: "reclaim", args: [] }),
  };
}
