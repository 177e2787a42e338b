import type { Address, TypedDataDomain } from "viem";
import { demoCoinAbi } from "#protocol/abi.ts";
import type { Hands } from "./transaction.ts";

/** A coin's own signing domain (ERC-5267), or null where it has none: then it has no permit that could be trusted. */
export async function coinDomain(
  hands: Pick<Hands, "account" | "chainId" | "read">,
  coin: Address,
): Promise<TypedDataDomain | null> {
  try {
    const answer = await hands.read({ address: coin, abi: demoCoinAbi, functionName: "eip712Domain", args: [] });
    if (!Array.isArray(answer)) return null;
    const [, name, version, chainId, verifyingContract] = answer as readonly unknown[];
    if (typeof name !== "string" || typeof version !== "string" || chainId !== BigInt(hands.chainId)) return null;
    if (typeof verifyingContract !== "string" || verifyingContract.toLowerCase() !== coin) return null;
    await hands.read({ address: coin, abi: demoCoinAbi, functionName: "nonces", args: [hands.account] });
    return { name, version, chainId: hands.chainId, verifyingContract: coin };
  } catch {
    return null;
  }
}
