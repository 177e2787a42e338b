import type { Address, Chain, PublicClient, Transport } from "viem";
import { InvalidInputError, RetryableError, shortMessageOf } from "#protocol/errors.ts";
import { connect, connectWallet, readChainId } from "../chain/connect.ts";
import type { RegistryCalls } from "../chain/registryCalls.ts";
import { createRegistryCalls } from "../chain/registryCalls.ts";
import { withoutSecrets } from "../withoutSecrets.ts";
import type { NodeConfig } from "./nodeConfig.ts";
import { operatorKeyPurpose, readKey } from "./readKey.ts";

export type OpenedChain = { readonly client: PublicClient<Transport, Chain>; readonly chainId: number };

/** Connects to the chain, or fails within seconds. */
export async function openChain(rpcUrl: string): Promise<OpenedChain> {
  try {
    const chainId = await readChainId(rpcUrl);
    return { client: connect(rpcUrl, chainId), chainId };
  } catch (error) {
    throw new RetryableError(`No chain answers at ${withoutSecrets(rpcUrl)}.`, {
      metaMessages: [`reason: ${shortMessageOf(error)}`, "Name another endpoint with --rpc."],
      cause: error,
    });
  }
}

/** The chain, and the account that holds the stake, ready to send. */
export async function openOperator(
  config: NodeConfig,
): Promise<OpenedChain & { readonly node: Address; readonly calls: RegistryCalls }> {
  if (config.operatorKey === undefined) {
    throw new InvalidInputError("This needs the key of the account that holds the stake.", {
      metaMessages: ["--operator-key-env NAME, or operatorKey in the configuration"],
    });
  }
  const account = await readKey(config.operatorKey, operatorKeyPurpose);
  const { client, chainId } = await openChain(config.rpcUrl);
  const wallet = connectWallet(config.rpcUrl, chainId, account);
  return { client, chainId, node: account.address, calls: createRegistryCalls(client, wallet, config.nodeRegistry) };
}

/** The account that holds the stake: named, or that of a key that is given. Throws when neither is. */
export async function nodeAddress(config: NodeConfig): Promise<Address> {
  if (config.node !== undefined) return config.node;
  if (config.operatorKey !== undefined) return (await readKey(config.operatorKey, operatorKeyPurpose)).address;
  throw new InvalidInputError("Which node?", {
    metaMessages: ["Name the account that holds the stake: --node 0x…, or `node` in the configuration."],
  });
}
