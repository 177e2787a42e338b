import { createPublicClient, defineChain, http, type PublicClient } from "viem";
import type { AppConfig } from "#protocol/config.ts";

/** The contest's chain as viem wants to know it. */
export function chainOf(config: AppConfig) {
  return defineChain({
    id: config.chainId,
    name: config.chainName,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [config.rpcUrl] } },
  });
}

let client: PublicClient | null = null;

/** Reads the chain through the deployment's own endpoint. One client for the page. */
export function chainClient(config: AppConfig): PublicClient {
  client ??= createPublicClient({
    chain: chainOf(config),
    transport: http(config.rpcUrl, { batch: true }),
    pollingInterval: 1_000,
  });
  return client;
}
