import type { Account, Address, Chain, Hex, PublicClient, TransactionReceipt, Transport, WalletClient } from "viem";
import { createPublicClient, createWalletClient, defineChain, http } from "viem";
import { BaseError, shortMessageOf } from "#protocol/errors.ts";
import { describeRevert } from "./describeRevert.ts";

export type Wallet = WalletClient<Transport, Chain, Account>;
/** One account's way to a chain. */
export type Clients = { readonly publicClient: PublicClient; readonly wallet: Wallet };

export type Call = { readonly to: Address; readonly data: Hex; readonly value?: bigint };

/** Milliseconds between two looks for a receipt. */
const POLL = { local: 50, elsewhere: 1_000 } as const;

export function publicClientOf(chain: Chain): PublicClient {
  const pollingInterval = isLocal(chain) ? POLL.local : POLL.elsewhere;
  return createPublicClient({ chain, transport: http(), pollingInterval, cacheTime: 0 });
}

export function walletOf(chain: Chain, account: Account): Wallet {
  return createWalletClient({ chain, transport: http(), account });
}

/** The chain behind an RPC endpoint. Throws a `BaseError` that names the endpoint when nobody answers. */
export async function chainAt(rpcUrl: string): Promise<Chain> {
  try {
    const id = await createPublicClient({ transport: http(rpcUrl, { retryCount: 0 }) }).getChainId();
    return defineChain({
      id,
      name: `chain ${id}`,
      nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
      rpcUrls: { default: { http: [rpcUrl] } },
    });
  } catch (error) {
    throw new BaseError(`No chain answers at ${rpcUrl}.`, {
      metaMessages: [
        `reason: ${shortMessageOf(error)}`,
        "start the local demo with `npm start`, or name another endpoint with --rpc",
      ],
      cause: error,
    });
  }
}

/** Sends one transaction and waits until it is in a block. Throws a `BaseError` in words when the chain refuses it. */
export async function send({ publicClient, wallet }: Clients, call: Call): Promise<TransactionReceipt> {
  let hash: Hex;
  try {
    hash = await wallet.sendTransaction(call);
  } catch (error) {
    throw describeRevert(error);
  }
  const receipt = await publicClient.waitForTransactionReceipt({ hash });
  if (receipt.status === "success") return receipt;
  throw new BaseError("The transaction was included but failed.", { metaMessages: [`transaction: ${hash}`] });
}

function isLocal(chain: Chain): boolean {
  const host = new URL(chain.rpcUrls.default.http[0] ?? "").hostname;
  return host === "127.0.0.1" || host === "localhost" || host === "[::1]";
}
