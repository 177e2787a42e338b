import type { FastifyBaseLogger } from "fastify";
import { InvalidInputError, shortMessageOf } from "#protocol/errors.ts";
import { expectChain, readIdentity } from "../chain/chainIdentity.ts";
import { createChallengeChain } from "../chain/challengeChain.ts";
import { createViemChain } from "../chain/createViemChain.ts";
import { createInTurn } from "../chain/inTurn.ts";
import type { ChainEntries } from "../chain/nodeChain.ts";
import type { HostedContest } from "../chain/readContests.ts";
import { reasonOf } from "../chain/reasonOf.ts";
import { registerNode } from "../chain/registerNode.ts";
import type { InferenceNode } from "../createNode.ts";
import { createNode } from "../createNode.ts";
import type { EntryName } from "../models/entryFacts.ts";
import { pause } from "../serve/pause.ts";
import type { Journal } from "../state/journal.ts";
import type { KnownEntries } from "../state/knownEntries.ts";
import type { NodeState } from "../state/openState.ts";
import { openState } from "../state/openState.ts";
import type { OpenProgress } from "./createTerminal.ts";
import type { NodeConfig } from "./nodeConfig.ts";
import { contestsOf, stateFolderOf } from "./nodeConfig.ts";
import type { OpenedNode } from "./openNode.ts";
import { openNode } from "./openNode.ts";
import { noteUrl } from "./ownUrl.ts";
import { say } from "./say.ts";

/** Milliseconds. A long prompt on a slow machine gives no sign of life while it is read. */
const limits = { stallMs: 120_000, cancelMs: 10_000 };

export type ServeContext = {
  readonly json: boolean | undefined;
  readonly logger: FastifyBaseLogger;
  readonly progress: OpenProgress;
  readonly signal: AbortSignal;
};

/**
 * Runs a node until it is told to stop: by a signal, or because the process that started it is gone.
 *
 * Says on stdout once it listens: one line of JSON, or a sentence at a terminal. The log goes to stderr.
 */
export async function serveCommand(config: NodeConfig, context: ServeContext): Promise<void> {
  // First of all: whoever holds the folder is the node.
  const state = openState(stateFolderOf(config));
  try {
    await serveWith(state, config, context);
  } finally {
    state.close();
  }
}

async function serveWith(state: NodeState, config: NodeConfig, context: ServeContext): Promise<void> {
  const { logger, signal } = context;
  const opened = await openNode(config, state, logger, signal);
  const { signer, chain } = opened;
  const journal = state.journal([chain.chainId, signer.registry, chain.genesis, signer.node].join(" ").toLowerCase());
  const other = Promise.withResolvers<never>();
  other.promise.catch(() => undefined);
  const check = expectChain(chain, () => readIdentity(config.rpcUrl), other.reject);
  const gate = opened.isRemembered ? check : async () => undefined;
  const node = await listen(config, opened, { journal, gate }, context);
  const forget = await noteUrl(config, node.url);
  const endpoint = config.endpoint ?? node.url;
  const [address, key] = [signer.node.toLowerCase(), signer.key.toLowerCase()];
  say(context.json ?? !process.stdout.isTTY, { ready: true, url: node.url, endpoint, address, key, pid: process.pid }, [
    `listening at ${node.url} as ${address}; Ctrl+C stops it`,
    `how it is:  npm run node -- status ${node.url}`,
  ]);
  try {
    if (config.registerStake !== undefined) {
      await Promise.race([registerUntilDone(config, opened, { endpoint, gate }, context), other.promise]);
    }
    const stopped = new Promise<void>((done) => {
      if (signal.aborted) done();
      else signal.addEventListener("abort", () => done(), { once: true });
    });
    await Promise.race([stopped, other.promise]);
  } finally {
    await forget();
    await node.close();
  }
}

async function listen(
  config: NodeConfig,
  { client, carrier, signer, ...opened }: OpenedNode,
  { journal, gate }: { readonly journal: Journal; readonly gate: () => Promise<void> },
  { logger, progress }: ServeContext,
): Promise<InferenceNode> {
  const shared = { client, carrier, inTurn: createInTurn(), node: signer.node, registry: config.nodeRegistry };
  const challenges = createChallengeChain(shared);
  const chain = createViemChain({
    ...config,
    ...shared,
    contests: contestsOf(config),
    fromBlock: BigInt(config.fromBlock),
    depth: BigInt(config.depth),
  });
  try {
    return await createNode({
      ...config,
      journal,
      // Whatever else is asked of the chain comes after one of these two.
      challenges: { ...challenges, open: () => gate().then(challenges.open) },
      chain: { ...chain, entries: () => gate().then(chain.entries) },
      remembered: opened.isRemembered ? ofThese(contestsOf(config), opened.known?.last() ?? null) : null,
      onRead: (read) => {
        try {
          opened.known?.keep(opened.chain, read);
        } catch (error) {
          logger.warn(`what the chain says cannot be kept for a restart without it: ${shortMessageOf(error)}`);
        }
      },
      signer,
      storeFolder: config.store,
      modelFolders: config.models,
      manifestFolders: config.manifests,
      limits,
      serveLimits: config,
      progress,
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

/** Of what was known before, what the configuration names now. */
function ofThese(
  contests: readonly HostedContest[],
  last: ReturnType<KnownEntries["last"]>,
): Pick<ChainEntries, "block" | "entries"> | null {
  if (last === null) return null;
  const meant = ({ contest, entryId }: EntryName): boolean =>
    contests.some((one) => one.contest === contest && (one.entries === "all" || one.entries.includes(entryId)));
  return { block: last.block, entries: last.entries.filter(meant) };
}

/** A registration that fails for now (no coins yet, chain away) is tried again; the node serves meanwhile. */
async function registerUntilDone(
  config: NodeConfig,
  { client, operator, signer }: OpenedNode,
  { endpoint, gate }: { readonly endpoint: string; readonly gate: () => Promise<void> },
  { logger, signal }: ServeContext,
): Promise<void> {
  if (operator === null)
    throw new InvalidInputError("Registering needs the operator's key.", { metaMessages: ["--operator-key-env NAME"] });
  const { allowOneKey, registerStake: stake = null } = config;
  for (let wait = 1_000; !signal.aborted; wait = Math.min(60_000, wait * 2)) {
    try {
      await gate();
      for (const line of await registerNode({ client, operator, signer, endpoint, stake, allowOneKey }))
        logger.info(line);
      return;
    } catch (error) {
      logger.warn(`registering failed, next try in ${wait / 1000} s: ${reasonOf(error)}`);
      await pause(wait, signal);
    }
  }
}
