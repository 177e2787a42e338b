import type { Address, Hex } from "viem";
import { erc20Abi, parseAbi } from "viem";
import { contestAbi } from "#protocol/abi.ts";
import type { ContestView } from "#protocol/http.ts";
import { formatExact } from "../parts/amount.ts";
import { words } from "../words/words.ts";
import type { Transaction } from "./transaction.ts";

/** As every coin takes it: some answer nothing. */
const approveAbi = parseAbi(["function approve(address spender, uint256 amount)"]);
const feeAbi = parseAbi(["function arbitrationCost(bytes extraData) view returns (uint256)"]);

export type ChallengeArguments = {
  readonly contest: ContestView;
  readonly entryId: number;
  readonly entry: string;
  readonly evidenceURI: string;
  /** The bytes whose hash is in the rules. */
  readonly extraData: Hex;
};

/** Says that an entry breaks the rules: deposits the bond, pays the arbitrator's fee as it is at that moment. */
export function challengeEntry({ contest, entryId, entry, evidenceURI, extraData }: ChallengeArguments): Transaction {
  const { address, coin, rules } = contest;
  const bond = BigInt(rules.challengeBond);
  return {
    title: words.steps.heading.challenge(entry),
    done: words.steps.finished.challenge(entry),
    contest: address,
    amount: (wei) => `${formatExact(wei, coin.decimals)} ${coin.symbol}`,
    call: async (hands) => {
      const allowance = await hands.read(call(coin.address, "allowance", [hands.account, address]));
      if (bond > 0n && (typeof allowance !== "bigint" || allowance < bond)) {
        const approve = { address: coin.address, abi: approveAbi, functionName: "approve", args: [address, bond] };
        await hands.before(approve, words.steps.allow);
      }
      const cost = { abi: feeAbi, functionName: "arbitrationCost", args: [extraData] };
      const fee = await hands.read({ address: rules.arbitrator, ...cost });
      const args = [BigInt(entryId), evidenceURI, extraData];
      return { address, abi: contestAbi, functionName: "challenge", args, value: typeof fee === "bigint" ? fee : 0n };
    },
  };
}

function call(address: Address, functionName: string, args: readonly unknown[]) {
  return { address, abi: erc20Abi, functionName, args };
}
