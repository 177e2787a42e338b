import { contestAbi } from "#protocol/abi.ts";
import type { ContestView } from "#protocol/http.ts";
import { formatExact } from "../parts/amount.ts";
import { words } from "../words/words.ts";
import type { Transaction } from "./transaction.ts";

/** Closes a challenge on which nobody ruled in time. */
export function lapseChallenge(
  contest: ContestView,
  { entryId, entry }: { readonly entryId: number; readonly entry: string },
): Transaction {
  return {
    title: words.steps.heading.lapse(entry),
    done: words.steps.finished.lapse(entry),
    contest: contest.address,
    amount: (wei) => `${formatExact(wei, contest.coin.decimals)} ${contest.coin.symbol}`,
    call: async () => ({ address: contest.address, abi: contestAbi, functionName: "lapse", args: [BigInt(entryId)] }),
  };
}
