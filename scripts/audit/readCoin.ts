import { Contract } from "ethers";
import type { ChainReader } from "./chainReader.ts";
import { coinInterface } from "./contestInterface.ts";

export type AuditCoin = { readonly symbol: string; readonly decimals: number };

/** A coin's own words about itself, or plain ones where it has none. */
export async function readCoin({ provider }: ChainReader, address: string): Promise<AuditCoin> {
  const coin = new Contract(address, coinInterface, provider);
  const [symbol, decimals] = await Promise.all([
    coin
      .getFunction("symbol")
      .staticCall()
      .catch(() => "coins"),
    coin
      .getFunction("decimals")
      .staticCall()
      .catch(() => 18n),
  ]);
  return { symbol: String(symbol), decimals: Number(decimals) };
}
