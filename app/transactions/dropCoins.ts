import { type Address, type Hex, parseAbi, parseSignature, size } from "viem";
import { contestAbi, demoCoinAbi } from "#protocol/abi.ts";
import type { ContestView } from "#protocol/http.ts";
import { permitTypes } from "#protocol/typedData.ts";
import { formatExact } from "../parts/amount.ts";
import { words } from "../words/words.ts";
import { coinDomain } from "./coinDomain.ts";
import type { Hands, Transaction } from "./transaction.ts";

export type DropArguments = {
  readonly contest: ContestView;
  readonly entryId: number;
  readonly entry: string;
  /** Wei of the contest's coin. */
  readonly amount: bigint;
};

/** How long a permit can be used, in seconds: long enough for a slow block, too short to be found later. */
const permitLife = 1_200;

/** As every coin takes it. Without outputs, since some coins answer nothing; whether it worked shows in the drop. */
const approveAbi = parseAbi(["function approve(address spender, uint256 amount)"]);

/** An account with a key of its own that lent its address some code (EIP-7702). */
const delegation = "0xef0100";

/** Puts coins on an entry: with a permit where coin and wallet can do one, else after allowing exactly this amount. */
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
      const dropAllowed = async () => {
        const approve = { address: coin.address, abi: approveAbi, functionName: "approve", args: [address, amount] };
        await hands.before(approve, words.steps.allow);
        return drop("drop", [BigInt(entryId), amount]);
      };
      const domain = (await isContract(hands)) ? null : await coinDomain(hands, coin.address);
      if (domain === null) return dropAllowed();
      const deadline = BigInt(hands.now + permitLife);
      const nonce = await hands.read(coinCall(coin.address, "nonces", [hands.account]));
      const message = { owner: hands.account, spender: address, value: amount, nonce, deadline };
      const signature = await hands.sign(
        { domain, types: permitTypes, primaryType: "Permit", message },
        words.steps.allow,
      );
      const parts = partsOf(signature);
      if (parts === null) return dropAllowed();
      const { r, s, v, yParity } = parts;
      return drop("dropWithPermit", [BigInt(entryId), amount, deadline, Number(v ?? yParity + 27), r, s]);
    },
  };
}

/** Whether the account signs by its code, in a form that no permit takes. */
async function isContract({ code }: Hands): Promise<boolean> {
  const found = await code();
  return found !== undefined && found !== "0x" && !found.toLowerCase().startsWith(delegation);
}

/** Null for what is no signature by a single key. */
function partsOf(signature: Hex): ReturnType<typeof parseSignature> | null {
  if (size(signature) !== 65) return null;
  try {
    return parseSignature(signature);
  } catch {
    return null;
  }
}

function coinCall(address: Address, functionName: string, args: readonly unknown[]) {
  return { address, abi: demoCoinAbi, functionName, args };
}
