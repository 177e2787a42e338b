import { contestAbi } from "#protocol/abi.ts";
import { formatExact } from "../parts/amount.ts";
import { words } from "../words/words.ts";
import type { DropArguments } from "./dropCoins.ts";
import type { Transaction } from "./transaction.ts";

/** Shifts coins from one entry to another, while voting is open. */
export function moveCoins({
  contest,
  entryId,
  entry,
  amount,
  toEntryId,
  toEntry,
}: DropArguments & { readonly toEntryId: number; readonly toEntry: string }): Transaction {
  const written = (wei: bigint) => `${formatExact(wei, contest.coin.decimals)} ${contest.coin.symbol}`;
  return {
    title: words.steps.heading.move(written(amount), entry, toEntry),
    done: words.steps.finished.move(written(amount), entry, toEntry),
    contest: contest.address,
    amount: written,
    call: async () => ({
      address: contest.address,
      abi: contestAbi,
      functionName: "move",
      args: [BigInt(entryId), BigInt(toEntryId), amount],
    }),
  };
}
