import type { Address, PublicClient } from "viem";
import { erc20Abi, formatUnits, parseUnits } from "viem";
import { InvalidInputError } from "#protocol/errors.ts";

/**
 * Reads an amount that a person gave in coins, such as "12.5". Returns wei.
 *
 * Throws `InvalidInputError` for what is no amount, has more decimals than the coin, is nothing, or is more than there is
 * of the coin, as an amount in wei would be.
 */
export async function readAmount(client: PublicClient, coin: Address, text: string): Promise<bigint> {
  const token = { address: coin, abi: erc20Abi } as const;
  const [symbol, decimals, supply] = await Promise.all([
    client.readContract({ ...token, functionName: "symbol" }),
    client.readContract({ ...token, functionName: "decimals" }),
    client.readContract({ ...token, functionName: "totalSupply" }),
  ]);
  const fraction = /^\d{1,78}(?:\.(\d+))?$/.exec(text);
  if (fraction === null) throw new InvalidInputError(`"${text}" is no amount of coins, such as 12.5.`);
  if ((fraction[1]?.length ?? 0) > decimals)
    throw new InvalidInputError(`"${text}" has more decimals than ${symbol}, which has ${decimals}.`);
  const amount = parseUnits(text, decimals);
  if (amount === 0n) throw new InvalidInputError("An amount of 0 stakes nothing.");
  if (amount <= supply) return amount;
  const inWei = /^\d+$/.test(text) && BigInt(text) <= supply ? formatUnits(BigInt(text), decimals) : null;
  throw new InvalidInputError(`There are not ${text} ${symbol} in the world.`, {
    metaMessages: [
      `there are: ${formatUnits(supply, decimals)} ${symbol}`,
      inWei === null
        ? "Amounts are in coins, such as 200."
        : `Amounts are in coins, not in wei: did you mean ${inWei}?`,
    ],
  });
}
