import type { Address, Hex } from "viem";
import { parseAbi } from "viem";
import type { AppConfig } from "#protocol/config.ts";
import { chainClient } from "./client.ts";

/** What the arbitrator asks for a dispute now, in wei of the chain's own coin. */
export function readArbitrationFee(config: AppConfig, arbitrator: Address, extraData: Hex): Promise<bigint> {
  return chainClient(config).readContract({
    address: arbitrator,
    abi: parseAbi(["function arbitrationCost(bytes extraData) view returns (uint256)"]),
    functionName: "arbitrationCost",
    args: [extraData],
  });
}
