import type { FastifyBaseLogger } from "fastify";
import pRetry from "p-retry";
import type { Account, Address, Chain, PublicClient, Transport, WalletClient } from "viem";
import type { LocalAccount } from "viem/accounts";
import { shortMessageOf } from "#protocol/errors.ts";
import { readIdentity } from "../chain/chainIdentity.ts";
import { connect, connectWallet } from "../chain/connect.ts";
import type { Signer } from "../sign/createSigner.ts";
import { createSigner } from "../sign/createSigner.ts";
import type { ChainIdentity, KnownEntries } from "../state/knownEntries.ts";
import type { NodeState } from "../state/openState.ts";
import { withoutSecrets } from "../withoutSecrets.ts";
import type { NodeConfig } from "./nodeConfig.ts";
import { operatorKeyPurpose, readKey } from "./readKey.ts";

/** Keys and connections that the commands share. */
export type OpenedNode = {
  readonly client: PublicClient<Transport, Chain>;
  readonly signer: Signer;
  readonly operator: WalletClient<Transport, Chain, Account> | null;
  /** Who pays for attestations: the operator where its key is here, else the signing key. */
  readonly carrier: WalletClient<Transport, Chain, Account>;
  /** Which chain it is; remembered from before, and to be checked, where `isRemembered`. */
  readonly chain: ChainIdentity;
  readonly isRemembered: boolean;
  /** Null for commands without a state folder. */
  readonly known: KnownEntries | null;
};

/**
 * Opens the keys, and asks the chain which one it is: signatures are bound to its id. One that is away is waited for
 * only where the state does not remember it.
 */
export async function openNode(
  config: NodeConfig,
  state: NodeState | null,
  logger: FastifyBaseLogger,
  signal: AbortSignal,
): Promise<OpenedNode> {
  const key = await readKey(config.key, "the node's signing key");
  const operatorKey = config.operatorKey === undefined ? null : await readKey(config.operatorKey, operatorKeyPurpose);
  const node: Address = operatorKey?.address ?? config.node ?? key.address;
  const known = state?.known(`${config.nodeRegistry} ${node}`.toLowerCase()) ?? null;
  const { chain, isRemembered } = await identify(config.rpcUrl, known, logger, signal);
  const { chainId } = chain;
  const wallet = (account: LocalAccount) => connectWallet(config.rpcUrl, chainId, account);
  return {
    client: connect(config.rpcUrl, chainId),
    signer: createSigner({ account: key, node, chainId, registry: config.nodeRegistry }),
    operator: operatorKey === null ? null : wallet(operatorKey),
    carrier: wallet(operatorKey ?? key),
    chain,
    isRemembered,
    known,
  };
}

async function identify(
  rpcUrl: string,
  known: KnownEntries | null,
  logger: FastifyBaseLogger,
  signal: AbortSignal,
): Promise<Pick<OpenedNode, "chain" | "isRemembered">> {
  const last = known?.last() ?? null;
  // Whoever started it may be gone before anybody was asked.
  signal.throwIfAborted();
  const away = `the chain at ${withoutSecrets(rpcUrl)} does not answer`;
  try {
    return { chain: await readIdentity(rpcUrl), isRemembered: false };
  } catch (error) {
    signal.throwIfAborted();
    if (last !== null) {
      logger.warn(
        `${away}: ${shortMessageOf(error)}. Serving what was final at block ${last.block}; nothing is attested until it answers`,
      );
      return { chain: last, isRemembered: true };
    }
    logger.warn(`${away} yet, waiting: ${shortMessageOf(error)}`);
  }
  return { chain: await untilReachable(() => readIdentity(rpcUrl), signal), isRemembered: false };
}

/** Asks until there is an answer, less and less often. */
function untilReachable<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  return pRetry(ask, { retries: Number.POSITIVE_INFINITY, minTimeout: 500, maxTimeout: 15_000, signal });
}
