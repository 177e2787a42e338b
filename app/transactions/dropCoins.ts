import { type Address, isHex, parseSignature } from "viem";
import { contestAbi, demoCoinAbi } from "#protocol/abi.ts";
import type { ContestView } from "#protocol/http.ts";
import { permitTypes } from "#protocol/typedData.ts";
import { formatExact } from "../parts/amount.ts";
import { words } from "../words/words.ts";
import { coinDomain } from "./coinDomain.ts";
import type { Transaction } from "./transaction.ts";

export type DropArguments = {
  readonly contest: ContestView;
  readonly entryId: number;
  readonly entry: string;
  /** Wei of the contest's coin. */
  readonly amount: bigint;
};

/** How long a permit can be used, in seconds: long enough for a slow block, too short to be found later. */
const permitLife = 1_200;

/** Puts coins on an entry: with a permit where the coin has one, else after allowing exactly this amount. */
export function dropCoins({ contest, entryId, entry, amount }: DropArguments): Transaction {
  const { coin, address } = contest;
  const written = (wei: bigint) => `${formatExact(wei, coin.decimals)} ${coin.symbol}`;
  return {
    title: words.steps.heading.drop(written(amount), entry),
    done: words.steps.finished.drop(written(amount), entry),
    contest: address,
    amount: written,
    call: async (hands) => {
      const drop = (functionName: string, args: readonly unknown[]) => ({
        address,
        abi: contestAbi,
        functionName,
        args,
      });
      const allowed = await hands.read(coinCall(coin.address, "allowance", [hands.account, address]));
      if (typeof allowed === "bigint" && allowed >= amount) return drop("drop", [BigInt(entryId), amount]);
      const domain = await coinDomain(hands, coin.address);
      if (domain === null) {
        await hands.before(coinCall(coin.address, "approve", [address, amount]), words.steps.allow);
        return drop("drop", [BigInt(entryId), amount]);
      }
      const deadline = BigInt(hands.now + permitLife);
      const nonce = await hands.read(coinCall(coin.address, "nonces", [hands.account]));
      const message = { owner: hands.account, spender: address, value: amount, nonce, deadline };
      const signature = await hands.sign(
        { domain, types: permitTypes, primaryType: "Permit", message },
        words.steps.allow,
      );
      const { r, s, v, yParity } = parseSignature(isHex(signature) ? signature : "0x");
      return drop("dropWithPermit", [BigInt(entryId), amount, deadline, Number(v ?? yParity + 27), r, s]);
    },
  };
}

function coinCall(address: Address, functionName: string, args: readonly unknown[]) {
  return { address, abi: demoCoinAbi, functionName, args };
}
