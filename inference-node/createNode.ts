import { randomBytes } from "node:crypto";
import type { Server } from "node:https";
import type { FastifyBaseLogger } from "fastify";
import { shortMessageOf } from "#protocol/errors.ts";
import { createChainClock } from "./chain/chainClock.ts";
import type { ChallengeChain } from "./chain/challengeChain.ts";
import type { ChainEntries, NodeChain } from "./chain/nodeChain.ts";
import type { GenerationJob } from "./engine/childProtocol.ts";
import { createMemoryBudget } from "./engine/memoryBudget.ts";
import { probeEngine } from "./engine/probeEngine.ts";
import type { EntryFacts } from "./models/entryFacts.ts";
import { entryKey } from "./models/entryFacts.ts";
import { monotonic } from "./monotonic.ts";
import type { ServeLimits } from "./serve/admission.ts";
import { createAdmission, defaultServeLimits } from "./serve/admission.ts";
import { createApp } from "./serve/createApp.ts";
import { createFitness } from "./serve/createFitness.ts";
import { createHost } from "./serve/createHost.ts";
import { createMetrics } from "./serve/metrics.ts";
import type { Costs } from "./serve/modelCost.ts";
import type { HostingOptions } from "./serve/prepareEntry.ts";
import { prepareEntry } from "./serve/prepareEntry.ts";
import type { TlsFiles } from "./serve/tlsFiles.ts";
import { readTls, renewTls } from "./serve/tlsFiles.ts";
import { createDefence } from "./sign/answerChallenges.ts";
import { createAttester } from "./sign/createAttester.ts";
import type { Signer } from "./sign/createSigner.ts";
import { guardSigner } from "./sign/guardSigner.ts";
import type { Journal } from "./state/journal.ts";
import { createMemoryJournal } from "./state/journal.ts";

export type NodeOptions = HostingOptions & {
  readonly chain: NodeChain;
  readonly signer: Signer;
  /** What was signed before; forgotten at the end where none is given. */
  readonly journal?: Journal;
  /** What was finalised when the chain was read last, for a start while it is away; entries are served as known then. */
  readonly remembered?: Pick<ChainEntries, "block" | "entries"> | null;
  /** Hears of what each reading of the chain found. */
  readonly onRead?: (read: ChainEntries) => void;
  /** Where block challenges against this node are found; none are looked for where it is absent. */
  readonly challenges?: ChallengeChain;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Whether models are loaded before anybody asks, one after the other. */
  readonly warmUp: boolean;
  /** Whether others may fetch the verified models from here; they may not when absent. */
  readonly serveModels?: boolean;
  /** Megabytes per second for all such downloads together; 10 when absent. */
  readonly serveRate?: number;
  readonly pollMs: number;
  /** Bytes that all models together may take; what the machine has left where it is absent. */
  readonly memory?: number | undefined;
  /** Whether the model that was used longest ago may be unloaded to make room for one that is asked for. */
  readonly unloadIdle?: boolean;
  /** Own certificate; plain http where it is absent. */
  readonly tls?: TlsFiles | undefined;
  /** What running costs, for the model cards. */
  readonly costs?: Costs | undefined;
  /** What one client may ask, and all of them; ordinary values where absent. */
  readonly serveLimits?: ServeLimits;
  readonly trustProxy?: boolean;
  readonly logger: FastifyBaseLogger;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Milliseconds of a clock that nobody sets, for what is waited for; the process's own where absent. */
  readonly elapsed?: () => number;
};

/** Milliseconds between two looks for block challenges, which run for a day, and at the files of what is served. */
const longestLookMs = 30_000;

/** Asked of each model after it was loaded, so that its card has figures before anybody asks. */
const firstQuestion: GenerationJob = {
  messages: [{ role: "user", content: "hello" }],
  sampling: { temperature: 1, topP: 1, topK: 0, minP: 0, repeatPenalty: 1, seed: 1 },
  maxTokens: 32,
  stop: [],
  format: null,
};

/** Milliseconds between two looks for a renewed certificate. */
const tlsLookMs = 3_600_000;

export type InferenceNode = { readonly url: string; readonly close: () => Promise<void> };

/**
 * Starts a node: the HTTP API first, then what it serves, as the chain and the model files allow.
 *
 * Nothing that happens to the chain or to a model ends it. Throws only when it cannot listen.
 */
export async function createNode(options: NodeOptions): Promise<InferenceNode> {
  const { logger } = options;
  const journal = options.journal ?? createMemoryJournal();
  const clock = createChainClock(options.now ?? Date.now);
  const { now } = clock;
  const elapsed = options.elapsed ?? monotonic;
  const remembered = options.remembered ?? null;
  const finalised = new Map(remembered?.entries.map((facts) => [entryKey(facts), facts]));
  let isFresh = false;
  const chain = watchChain(options.chain, clock, finalised, {
    warn: (line) => logger.warn(line),
    onReturn: () => attester.retry(),
    onRead(read) {
      isFresh = true;
      options.onRead?.(read);
    },
  });
  const signer = guardSigner(options.signer, {
    journal,
    finalised: (key) => finalised.get(key),
    isFresh: () => isFresh,
    fileOf: (key) => host.entries().find(({ facts }) => entryKey(facts) === key)?.modelPath,
  });
  const stop = new AbortController();
  const { signal } = stop;
  let url = "";

  let engine: ReturnType<typeof probeEngine> | undefined;
  const build = () => {
    engine ??= probeEngine(options.gpu);
    engine.catch(() => (engine = undefined));
    return engine;
  };

  const memory = createMemoryBudget({
    // A card's memory is its own: llama.cpp measures that itself.
    limit: options.memory ?? (options.gpu === false ? null : Number.POSITIVE_INFINITY),
    available: () => process.availableMemory(),
    unloadIdle: options.unloadIdle ?? false,
  });
  const log = {
    info: (line: string) => logger.info(line),
    warn: (line: string) => logger.warn(line),
    error: (line: string) => logger.error(line),
  };
  const host = createHost({
    chain,
    remembered,
    prepare: async (facts, onLost) => {
      journal.check(facts);
      const holders = async () => (await chain.holders?.(facts)) ?? [];
      return await prepareEntry(facts, options, { build, logger, signal, memory, now, onLost, holders });
    },
    pollMs: options.pollMs,
    logger,
    signal,
    elapsed,
    onChange: () => {
      attester.nudge();
      void warmUp();
    },
  });
  const isFit = createFitness();
  const attester = createAttester({
    signer,
    chain,
    served: async () => (await host.intact()).filter(({ runner }) => isFit(runner)),
    tickMs: Math.min(longestLookMs, options.pollMs * 15),
    now,
    elapsed,
    signal,
    log,
  });
  const defence =
    options.challenges === undefined
      ? null
      : createDefence({
          chain: options.challenges,
          journal,
          folders: [options.storeFolder, ...options.modelFolders],
          pollMs: Math.min(longestLookMs, options.pollMs * 15),
          now,
          elapsed,
          signal,
          log,
        });

  const warmed = new WeakSet<object>();
  let warming = false;
  const warmUp = async (): Promise<void> => {
    if (!options.warmUp || warming) return;
    warming = true;
    for (let next = asleep(); next !== undefined && !signal.aborted; next = asleep()) {
      const { runner } = next;
      // Once each: one that was put to sleep later made room for another.
      warmed.add(runner);
      await runner
        .wake()
        .then(() => runner.generate(firstQuestion, { onPrompt: () => undefined, onText: () => undefined }, signal))
        .catch((error: unknown) => signal.aborted || logger.warn(`a model did not load: ${shortMessageOf(error)}`));
    }
    warming = false;
  };
  const asleep = () => host.entries().find(({ runner }) => runner.state() === "asleep" && !warmed.has(runner));

  const serveLimits = options.serveLimits ?? defaultServeLimits;
  const { maxWaiting, parallel } = options;
  const admission = createAdmission({
    limits: serveLimits,
    maxWaiting,
    now: elapsed,
    ...(parallel !== undefined && { parallel }),
  });
  const app = await createApp({
    answering: {
      signer,
      random: randomBytes,
      now,
      admission,
      limits: serveLimits,
      metrics: createMetrics({ entries: host.entries, admission }),
    },
    view: {
      entries: host.entries,
      attestations: attester.attestations,
      readiness: () => ({
        ...host.readiness(),
        clockSkew: clock.skew(),
        challenges: defence?.challenges() ?? [],
      }),
      url: () => url,
    },
    logger,
    serving: options.serveModels === true ? { bytesPerSecond: (options.serveRate ?? 10) * 1e6 } : null,
    ...(options.tls !== undefined && { tls: await readTls(options.tls) }),
    ...(options.costs !== undefined && { costs: options.costs }),
    ...(options.trustProxy !== undefined && { trustProxy: options.trustProxy }),
  });
  if (options.tls !== undefined) {
    renewTls(app.server as unknown as Server, options.tls, {
      everyMs: tlsLookMs,
      signal,
      onRenewed: (error) =>
        error === null
          ? logger.info("the certificate was renewed")
          : logger.warn(`the renewed certificate cannot be used: ${shortMessageOf(error)}`),
    });
  }
  url = await app.listen({ host: options.host, port: options.port });
  const running = Promise.all([host.run(), attester.run(), defence?.run()]);

  return {
    url,
    async close() {
      await admission.drain();
      stop.abort(new Error("the node is shutting down"));
      await app.close();
      await host.close();
      await running;
    },
  };
}

/** A chain whose readings are kept: the clock hears of each newest block, `finalised` of each entry. */
function watchChain(
  chain: NodeChain,
  clock: ReturnType<typeof createChainClock>,
  finalised: Map<string, EntryFacts>,
  {
    warn,
    onReturn,
    onRead,
  }: Pick<NodeOptions, "onRead"> & {
    readonly warn: (line: string) => void;
    readonly onReturn: () => void;
  },
): NodeChain {
  let told = 0;
  let away = false;
  return {
    ...chain,
    async entries() {
      const read = await chain.entries().catch((error: unknown) => {
        away = true;
        throw error;
      });
      finalised.clear();
      for (const facts of read.entries) finalised.set(entryKey(facts), facts);
      onRead?.(read);
      if (away) onReturn();
      away = false;
      if (read.head !== undefined) clock.observe(read.head);
      const skew = clock.skew();
      if (skew !== told && Math.abs(skew - told) > 60) {
        const side = skew > 0 ? "behind" : "ahead of";
        warn(
          skew === 0
            ? "this machine's clock and the chain's agree again"
            : `this machine's clock is ${Math.abs(skew)} s ${side} the chain's; what is signed bears the chain's time. Set the clock.`,
        );
        told = skew;
      }
      return read;
    },
  };
}
