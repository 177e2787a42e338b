import { Contract } from "ethers";
import { printable } from "./auditWords.ts";
import type { ChainReader } from "./chainReader.ts";
import { coinInterface } from "./contestInterface.ts";

/** Longer ones are cut, so that a coin cannot write the auditor's page. */
const LONGEST_SYMBOL = 16;
/** A whole coin of more would not fit a word of the chain. */
const MOST_DECIMALS = 77;

export type AuditCoin = { readonly symbol: string; readonly decimals: number };

/** A coin's own words about itself, or plain ones where it has none or absurd ones. */
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
  const digits = Number(decimals);
  return {
    symbol: printable(String(symbol)).slice(0, LONGEST_SYMBOL),
    decimals: digits <= MOST_DECIMALS ? digits : 0,
  };
}
