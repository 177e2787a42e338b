import { contestAbi } from "#protocol/abi.ts";
import type { ContestView } from "#protocol/http.ts";
import { formatExact } from "../parts/amount.ts";
import { words } from "../words/words.ts";
import type { Transaction } from "./transaction.ts";

/** Adds to what is said for or against a challenged entry. */
export function addEvidence(
  contest: ContestView,
  { entryId, entry, evidenceURI }: { readonly entryId: number; readonly entry: string; readonly evidenceURI: string },
): Transaction {
  return {
    title: words.steps.heading.evidence(entry),
    done: words.steps.finished.evidence(entry),
    contest: contest.address,
    amount: (wei) => `${formatExact(wei, contest.coin.decimals)} ${contest.coin.symbol}`,
    call: async () => ({
      address: contest.address,
      abi: contestAbi,
      functionName: "submitEvidence",
      args: [BigInt(entryId), evidenceURI],
    }),
  };
}
