import type { FastifyBaseLogger } from "fastify";
import { InvalidInputError, shortMessageOf } from "#protocol/errors.ts";
import { createChallengeChain } from "../chain/challengeChain.ts";
import { createViemChain } from "../chain/createViemChain.ts";
import { createInTurn } from "../chain/inTurn.ts";
import { registerNode } from "../chain/registerNode.ts";
import type { InferenceNode } from "../createNode.ts";
import { createNode } from "../createNode.ts";
import { pause } from "../serve/pause.ts";
import type { Journal } from "../state/journal.ts";
import type { NodeState } from "../state/openState.ts";
import { openState } from "../state/openState.ts";
import type { NodeConfig } from "./nodeConfig.ts";
import { stateFolderOf } from "./nodeConfig.ts";
import type { OpenedNode } from "./openNode.ts";
import { openNode, untilReachable } from "./openNode.ts";

/** Milliseconds. A long prompt on a slow machine gives no sign of life while it is read. */
const limits = { stallMs: 120_000, cancelMs: 10_000 };

/**
 * Runs a node until it is told to stop: by a signal, or because the process that started it is gone.
 *
 * Prints one line of JSON on stdout once it listens; the log goes to stderr.
 */
export async function serveCommand(
  config: NodeConfig,
  logger: FastifyBaseLogger,
  stop: AbortController,
): Promise<void> {
  // First of all: whoever holds the folder is the node.
  const state = openState(stateFolderOf(config));
  try {
    await serveWith(state, config, logger, stop.signal);
  } finally {
    state.close();
  }
}

async function serveWith(
  state: NodeState,
  config: NodeConfig,
  logger: FastifyBaseLogger,
  signal: AbortSignal,
): Promise<void> {
  const opened = await openNode(config, logger, signal);
  const { signer } = opened;
  const genesis = await untilReachable(() => opened.client.getBlock({ blockNumber: 0n }), signal);
  const journal = state.journal([signer.chainId, signer.registry, genesis.hash, signer.node].join(" ").toLowerCase());
  const node = await listen(config, opened, journal, logger);
  const endpoint = config.endpoint ?? node.url;
  process.stdout.write(
    `${JSON.stringify({ ready: true, url: node.url, endpoint, address: signer.node.toLowerCase(), key: signer.key.toLowerCase(), pid: process.pid })}\n`,
  );
  if (config.registerStake !== undefined) await registerUntilDone(config, opened, endpoint, logger, signal);
  await new Promise<void>((done) => {
    if (signal.aborted) done();
    else signal.addEventListener("abort", () => done(), { once: true });
  });
  await node.close();
}

async function listen(
  config: NodeConfig,
  { client, carrier, signer }: OpenedNode,
  journal: Journal,
  logger: FastifyBaseLogger,
): Promise<InferenceNode> {
  const shared = { client, carrier, inTurn: createInTurn(), node: signer.node, registry: config.nodeRegistry };
  try {
    return await createNode({
      ...config,
      journal,
      challenges: createChallengeChain(shared),
      chain: createViemChain({
        ...config,
        ...shared,
        fromBlock: BigInt(config.fromBlock),
        depth: BigInt(config.depth),
      }),
      signer,
      wanted: config.entries === "all" ? null : config.entries,
      storeFolder: config.store,
      modelFolders: config.models,
      manifestFolders: config.manifests,
      limits,
      serveLimits: config,
      logger,
    });
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code !== "EADDRINUSE" && code !== "EACCES" && code !== "EADDRNOTAVAIL") throw error;
    const why = code === "EADDRINUSE" ? "is taken by another program" : "cannot be used";
    throw new InvalidInputError(`Port ${config.port} on ${config.host} ${why}.`, {
      metaMessages: ["Name another with --port, or 0 to take a free one."],
      cause: error,
    });
  }
}

/** A registration that fails for now (no coins yet, chain away) is tried again; the node serves meanwhile. */
async function registerUntilDone(
  config: NodeConfig,
  { client, operator, signer }: OpenedNode,
  endpoint: string,
  logger: FastifyBaseLogger,
  signal: AbortSignal,
): Promise<void> {
  if (operator === null)
    throw new InvalidInputError("Registering needs the operator's key.", { metaMessages: ["--operator-key-env NAME"] });
  const stake = BigInt(config.registerStake ?? 0);
  for (let wait = 1_000; !signal.aborted; wait = Math.min(60_000, wait * 2)) {
    try {
      for (const line of await registerNode({ client, operator, signer, endpoint, stake })) logger.info(line);
      return;
    } catch (error) {
      logger.warn(`registering failed, next try in ${wait / 1000} s: ${shortMessageOf(error)}`);
      await pause(wait, signal);
    }
  }
}
