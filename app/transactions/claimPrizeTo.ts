import type { Address } from "viem";
import { contestAbi } from "#protocol/abi.ts";
import type { ContestView } from "#protocol/http.ts";
import { formatExact } from "../parts/amount.ts";
import { words } from "../words/words.ts";
import type { Transaction } from "./transaction.ts";

/** Pays a rank's prize to an address that its author names. Only the author may send it. */
export function claimPrizeTo(
  contest: ContestView,
  { rank, to }: { readonly rank: number; readonly to: Address },
): Transaction {
  return {
    title: words.steps.heading.claim(rank),
    done: words.steps.finished.claim(rank),
    contest: contest.address,
    amount: (wei) => `${formatExact(wei, contest.coin.decimals)} ${contest.coin.symbol}`,
    call: async () => ({
      address: contest.address,
      abi: contestAbi,
      functionName: "claimTo",
      args: [BigInt(rank), to],
    }),
  };
}
