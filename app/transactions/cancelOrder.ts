import type { Address } from "viem";
import { contestAbi } from "#protocol/abi.ts";
import { words } from "../words/words.ts";
import type { Transaction } from "./transaction.ts";

/** Gives up the nonce of a signed order that waits, so that nobody can carry it any more. Costs gas. */
export function cancelOrder({
  contest,
  entryId,
  nonce,
}: {
  readonly contest: Address;
  readonly entryId: number;
  readonly nonce: number;
}): Transaction {
  return {
    title: words.relay.cancelling,
    done: words.relay.cancelled,
    contest,
    amount: String,
    call: async () => ({
      address: contest,
      abi: contestAbi,
      functionName: "cancel",
      args: [BigInt(entryId), 1n << BigInt(nonce)],
    }),
  };
}
