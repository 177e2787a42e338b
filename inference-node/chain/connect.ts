import type { Account, Chain, PublicClient, Transport, WalletClient } from "viem";
import { createPublicClient, createWalletClient, defineChain, http } from "viem";

/** Clients for an RPC endpoint. Calls fail within seconds when it is away; whoever calls decides when to try again. */
export function connect(rpcUrl: string, chainId: number): PublicClient<Transport, Chain> {
  return createPublicClient({
    chain: chainAt(rpcUrl, chainId),
    transport: http(rpcUrl, { timeout: 15_000, retryCount: 1, batch: { batchSize: 100 } }),
    pollingInterval: 500,
    cacheTime: 0,
  });
}

export function connectWallet(
  rpcUrl: string,
  chainId: number,
  account: Account,
): WalletClient<Transport, Chain, Account> {
  return createWalletClient({
    account,
    chain: chainAt(rpcUrl, chainId),
    transport: http(rpcUrl, { timeout: 15_000, retryCount: 0 }),
  });
}

/** Asks an endpoint which chain it is. */
export async function readChainId(rpcUrl: string): Promise<number> {
  return await createPublicClient({ transport: http(rpcUrl, { timeout: 5_000, retryCount: 0 }) }).getChainId();
}

function chainAt(rpcUrl: string, chainId: number): Chain {
  return defineChain({
    id: chainId,
    name: `chain ${chainId}`,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  });
}
