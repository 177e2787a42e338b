import type { Hex } from "viem";
import { contestAbi } from "#protocol/abi.ts";
import type { ContestView } from "#protocol/http.ts";
import { words } from "../words/words.ts";
import type { Transaction } from "./transaction.ts";

/** Makes the caller's wallet a person of the contest, once. `proof`: in the format of the contest's adapter. */
export function bindPerson(contest: ContestView, proof: Hex): Transaction {
  return {
    title: words.steps.heading.bind,
    done: words.steps.finished.bind,
    contest: contest.address,
    amount: String,
    call: async () => ({ address: contest.address, abi: contestAbi, functionName: "bind", args: [proof] }),
  };
}
