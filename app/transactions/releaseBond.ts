import { contestAbi } from "#protocol/abi.ts";
import type { ContestView } from "#protocol/http.ts";
import { formatExact } from "../parts/amount.ts";
import { words } from "../words/words.ts";
import type { Transaction } from "./transaction.ts";

/** Credits an entry's deposit to its author, once the result is final. */
export function releaseBond(
  contest: ContestView,
  { entryId, entry }: { readonly entryId: number; readonly entry: string },
): Transaction {
  return {
    title: words.steps.heading.releaseBond(entry),
    done: words.steps.finished.releaseBond(entry),
    contest: contest.address,
    amount: (wei) => `${formatExact(wei, contest.coin.decimals)} ${contest.coin.symbol}`,
    call: async () => ({
      address: contest.address,
      abi: contestAbi,
      functionName: "releaseBond",
      args: [BigInt(entryId)],
    }),
  };
}
