import { contestAbi } from "#protocol/abi.ts";
import type { ContestView } from "#protocol/http.ts";
import { formatExact } from "../parts/amount.ts";
import { words } from "../words/words.ts";
import type { Transaction } from "./transaction.ts";

/** Pays a rank's prize to its author. Anyone may send it. */
export function claimPrize(contest: ContestView, rank: number): Transaction {
  return {
    title: words.steps.heading.claim(rank),
    done: words.steps.finished.claim(rank),
    contest: contest.address,
    amount: (wei) => `${formatExact(wei, contest.coin.decimals)} ${contest.coin.symbol}`,
    call: async () => ({ address: contest.address, abi: contestAbi, functionName: "claim", args: [BigInt(rank)] }),
  };
}
