import type { FastifyBaseLogger } from "fastify";
import pRetry from "p-retry";
import type { Account, Address, Chain, PublicClient, Transport, WalletClient } from "viem";
import type { LocalAccount } from "viem/accounts";
import { shortMessageOf } from "#protocol/errors.ts";
import { connect, connectWallet, readChainId } from "../chain/connect.ts";
import type { Signer } from "../sign/createSigner.ts";
import { createSigner } from "../sign/createSigner.ts";
import type { NodeConfig } from "./nodeConfig.ts";
import { readKey } from "./readKey.ts";

/** Keys and connections that the commands share. */
export type OpenedNode = {
  readonly client: PublicClient<Transport, Chain>;
  readonly signer: Signer;
  readonly operator: WalletClient<Transport, Chain, Account> | null;
  /** Who pays for attestations: the operator where its key is here, else the signing key. */
  readonly carrier: WalletClient<Transport, Chain, Account>;
};

/** Opens the keys, and waits for the chain to say which one it is: signatures are bound to its id. */
export async function openNode(
  config: NodeConfig,
  logger: FastifyBaseLogger,
  signal: AbortSignal,
): Promise<OpenedNode> {
  const key = await readKey(config.key, "the node's signing key");
  const operatorKey = config.operatorKey === undefined ? null : await readKey(config.operatorKey, "the operator's key");
  const chainId = await waitForChain(config.rpcUrl, logger, signal);
  const wallet = (account: LocalAccount) => connectWallet(config.rpcUrl, chainId, account);
  const node: Address = operatorKey?.address ?? config.node ?? key.address;
  return {
    client: connect(config.rpcUrl, chainId),
    signer: createSigner({ account: key, node, chainId, registry: config.nodeRegistry }),
    operator: operatorKey === null ? null : wallet(operatorKey),
    carrier: wallet(operatorKey ?? key),
  };
}

function waitForChain(rpcUrl: string, logger: FastifyBaseLogger, signal: AbortSignal): Promise<number> {
  return untilReachable(
    () => readChainId(rpcUrl),
    signal,
    (error) => logger.warn(`the chain at ${rpcUrl} does not answer yet, waiting: ${shortMessageOf(error)}`),
  );
}

/** Asks until there is an answer, less and less often. `onFirstFailure` hears of the first one that failed. */
export function untilReachable<T>(
  ask: () => Promise<T>,
  signal: AbortSignal,
  onFirstFailure: (error: unknown) => void = () => undefined,
): Promise<T> {
  return pRetry(ask, {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: 500,
    maxTimeout: 15_000,
    signal,
    onFailedAttempt: ({ attemptNumber, error }) => {
      if (attemptNumber === 1) onFirstFailure(error);
    },
  });
}
