import type { Address } from "viem";
import { zeroAddress } from "viem";
import { nodeRegistryAbi } from "#protocol/abi.ts";
import type { AppConfig } from "#protocol/config.ts";
import { chainClient } from "./client.ts";

/** The node that a key answers for, by the registry on chain; null for none. */
export async function readNodeOfKey(config: AppConfig, key: Address): Promise<Address | null> {
  const node = await chainClient(config).readContract({
    address: config.nodeRegistry,
    abi: nodeRegistryAbi,
    functionName: "nodeOfKey",
    args: [key],
  });
  return node === zeroAddress ? null : (node.toLowerCase() as Address);
}
