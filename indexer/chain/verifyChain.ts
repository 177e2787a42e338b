import type { Hex } from "viem";
import { decodeFunctionResult, encodeFunctionData } from "viem";
import { contestFactoryAbi, nodeRegistryAbi } from "#protocol/abi.ts";
import { ZERO_ADDRESS } from "#protocol/rules.ts";
import type { Identity } from "../store/store.ts";
import type { PositionRow } from "../store/tables.ts";
import { ChainUnreachableError, RequestRefusedError, WrongChainError } from "./errors.ts";
import type { Rpc } from "./rpc.ts";

type VerifyOptions = {
  readonly rpc: Rpc;
  readonly factory: Hex;
  readonly nodeRegistry: Hex;
  /** Refuses every other chain id; undefined takes what the endpoint says. */
  readonly chainId: number | undefined;
  /** What the database belongs to; undefined while it is empty. */
  readonly stored: PositionRow | undefined;
  /** Named in the remedy. */
  readonly file: string;
};

/**
 * Makes sure that the endpoint speaks of the chain and the contracts that this indexer and its database are for.
 * Throws `WrongChainError` where it does not.
 */
export async function verifyChain(options: VerifyOptions): Promise<Identity> {
  const { rpc, factory, nodeRegistry, stored } = options;
  const [chainId, genesis] = await Promise.all([rpc.chainId(), rpc.header(0)]);
  if (genesis === null) throw new ChainUnreachableError("The chain's endpoint does not know block 0.");
  if (options.chainId !== undefined && options.chainId !== chainId) {
    throw new WrongChainError(`The endpoint is on chain ${chainId}, not on ${options.chainId}.`, {
      metaMessages: ["Give --rpc an endpoint of the right chain, or another --chain-id."],
    });
  }
  const identity = { chainId, genesisHash: genesis.hash, genesisTimestamp: genesis.timestamp, factory, nodeRegistry };
  if (stored !== undefined) {
    refuseOther(options, stored, identity);
    return { ...identity, minStake: stored.minStake };
  }
  return { ...identity, minStake: (await readContracts(rpc, factory, nodeRegistry)).toString() };
}

function refuseOther({ file }: VerifyOptions, stored: PositionRow, found: Omit<Identity, "minStake">): void {
  const labels = {
    chainId: "chain id",
    genesisHash: "hash of block 0",
    factory: "factory",
    nodeRegistry: "node registry",
  } as const;
  const keys = Object.keys(labels) as (keyof typeof labels)[];
  const differing = keys.filter((key) => stored[key] !== found[key]);
  if (differing.length === 0) return;
  throw new WrongChainError("The database belongs to another chain or other contracts.", {
    metaMessages: [
      `Database: ${file}`,
      ...differing.map((key) => `${labels[key]}: ${stored[key]} in the database, ${found[key]} now`),
      "Name another one with --db, or remove this one: everything in it is read anew from the chain.",
    ],
  });
}

/** Returns the registry's least stake in wei, after both contracts answered as what they should be. */
async function readContracts(rpc: Rpc, factory: Hex, nodeRegistry: Hex): Promise<bigint> {
  const known = await answerOf(rpc, "contest factory", factory, () => ({
    data: encodeFunctionData({ abi: contestFactoryAbi, functionName: "isContest", args: [ZERO_ADDRESS] }),
    read: (data: Hex) => decodeFunctionResult({ abi: contestFactoryAbi, functionName: "isContest", data }),
  }));
  if (known) throw wrongContract("contest factory", factory);
  const named = await answerOf(rpc, "node registry", nodeRegistry, () => ({
    data: encodeFunctionData({ abi: nodeRegistryAbi, functionName: "factory" }),
    read: (data: Hex) => decodeFunctionResult({ abi: nodeRegistryAbi, functionName: "factory", data }),
  }));
  if (named.toLowerCase() !== factory) {
    throw new WrongChainError(
      `The node registry at ${nodeRegistry} belongs to the factory ${named}, not to ${factory}.`,
    );
  }
  return answerOf(rpc, "node registry", nodeRegistry, () => ({
    data: encodeFunctionData({ abi: nodeRegistryAbi, functionName: "minStake" }),
    read: (data: Hex) => decodeFunctionResult({ abi: nodeRegistryAbi, functionName: "minStake", data }),
  }));
}

type Question<T> = { readonly data: Hex; readonly read: (data: Hex) => T };

async function answerOf<T>(rpc: Rpc, what: string, address: Hex, ask: () => Question<T>): Promise<T> {
  if ((await rpc.code(address)) === "0x") {
    throw new WrongChainError(`There is no contract at ${address}, where the ${what} should be.`, {
      metaMessages: ["Check the address and the chain that --rpc leads to."],
    });
  }
  const { data, read } = ask();
  try {
    return read(await rpc.call(address, data));
  } catch (error) {
    if (error instanceof ChainUnreachableError) throw error;
    if (error instanceof RequestRefusedError && !/revert/i.test(error.shortMessage)) throw error;
    throw wrongContract(what, address, error);
  }
}

function wrongContract(what: string, address: Hex, cause?: unknown): WrongChainError {
  return new WrongChainError(`The contract at ${address} is not a ${what}.`, {
    metaMessages: ["Check the address and the chain that --rpc leads to."],
    cause,
  });
}
