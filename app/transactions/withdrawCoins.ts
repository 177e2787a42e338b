import { contestAbi } from "#protocol/abi.ts";
import { formatExact } from "../parts/amount.ts";
import { words } from "../words/words.ts";
import type { DropArguments } from "./dropCoins.ts";
import type { Transaction } from "./transaction.ts";

/** Takes coins back from an entry. Works in every phase. */
export function withdrawCoins({ contest, entryId, entry, amount }: DropArguments): Transaction {
  const written = (wei: bigint) => `${formatExact(wei, contest.coin.decimals)} ${contest.coin.symbol}`;
  return {
    title: words.steps.heading.withdraw(written(amount), entry),
    done: words.steps.finished.withdraw(written(amount), entry),
    contest: contest.address,
    amount: written,
    call: async () => ({
      address: contest.address,
      abi: contestAbi,
      functionName: "withdraw",
      args: [BigInt(entryId), amount],
    }),
  };
}
