import { contestAbi } from "#protocol/abi.ts";
import type { ContestView } from "#protocol/http.ts";
import { formatExact } from "../parts/amount.ts";
import { words } from "../words/words.ts";
import type { Transaction } from "./transaction.ts";

/** Fetches what the contest owes the caller: deposits that came back. */
export function collectCredit(contest: ContestView): Transaction {
  return {
    title: words.steps.heading.collect,
    done: words.steps.finished.collect,
    contest: contest.address,
    amount: (wei) => `${formatExact(wei, contest.coin.decimals)} ${contest.coin.symbol}`,
    call: async () => ({ address: contest.address, abi: contestAbi, functionName: "collect", args: [] }),
  };
}
