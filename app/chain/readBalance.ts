import { type Address, erc20Abi } from "viem";
import type { AppConfig } from "#protocol/config.ts";
import { chainClient } from "./client.ts";

/** The wallet's balance of a coin, in wei. */
export function readBalance(config: AppConfig, coin: Address, wallet: Address): Promise<bigint> {
  return chainClient(config).readContract({ address: coin, abi: erc20Abi, functionName: "balanceOf", args: [wallet] });
}
