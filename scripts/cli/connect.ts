import type { Account, Address, Chain } from "viem";
import { erc20Abi, formatEther } from "viem";
import { deployments } from "#protocol/addresses.ts";
import type { DemoFile } from "#protocol/config.ts";
import { BaseError, InvalidInputError } from "#protocol/errors.ts";
import type { Clients } from "../chainClients.ts";
import { chainAt, publicClientOf, walletOf } from "../chainClients.ts";
import type { AccountSource } from "./openAccount.ts";
import { openAccount } from "./openAccount.ts";
import { readDemoFile } from "./readDemoFile.ts";

export type ConnectOptions = AccountSource & { readonly rpc?: string | undefined };

export type Reading = {
  readonly chain: Chain;
  readonly publicClient: Clients["publicClient"];
  /** The running demo, where the chain is its chain. */
  readonly demo: DemoFile | undefined;
};

export type Connection = Pick<Reading, "chain" | "demo"> & { readonly clients: Clients; readonly account: Account };

/** Connects to the chain named by --rpc, or to the demo that runs in this folder, to look and not to send. */
export async function connectToRead(rpc: string | undefined): Promise<Reading> {
  const running = await readDemoFile();
  const rpcUrl = rpc ?? running?.rpcUrl;
  if (rpcUrl === undefined)
    throw new InvalidInputError(
      "Which chain? No demo runs in this folder: start it with `npm start`, or name an endpoint with --rpc.",
    );
  const chain = await chainAt(rpcUrl);
  return { chain, publicClient: publicClientOf(chain), demo: running?.rpcUrl === rpcUrl ? running : undefined };
}

/** Connects as `connectToRead` does, with the account that sends. */
export async function connect({ rpc, ...source }: ConnectOptions): Promise<Connection> {
  const { chain, publicClient, demo } = await connectToRead(rpc);
  const account = await openAccount({ ...source, demo: demo === undefined ? undefined : source.demo });
  return { chain, account, demo, clients: { publicClient, wallet: walletOf(chain, account) } };
}

/** The factory to use: named, the demo's, or the public one of the chain. */
export function factoryOf({ chain, demo }: Connection, named: Address | undefined): Address {
  const factory = named ?? demo?.factory ?? deployments[chain.id]?.factory;
  if (factory === undefined)
    throw new InvalidInputError(`No contest factory is known on chain ${chain.id}; name it with --factory.`);
  return factory;
}

/** Symbol and decimals of an ERC-20. Throws a `BaseError` when there is none at `address`. */
export async function readToken(
  { publicClient }: Clients,
  address: Address,
): Promise<{ symbol: string; decimals: number }> {
  const read = { address, abi: erc20Abi } as const;
  try {
    const [symbol, decimals] = await Promise.all([
      publicClient.readContract({ ...read, functionName: "symbol" }),
      publicClient.readContract({ ...read, functionName: "decimals" }),
    ]);
    return { symbol, decimals };
  } catch (error) {
    throw new BaseError(`There is no ERC-20 coin at ${address}.`, { cause: error });
  }
}

/** What gas costs at the chain's present price, in words. */
export async function feeInWords({ publicClient }: Clients, gas: bigint): Promise<string> {
  const price = await publicClient.getGasPrice();
  return `about ${gas.toLocaleString("en")} gas, ${formatEther(gas * price)} ETH now`;
}
