import type { FastifyBaseLogger } from "fastify";
import { RetryableError, shortMessageOf } from "#protocol/errors.ts";
import { modelId } from "#protocol/node.ts";
import type { NodeChain } from "../chain/nodeChain.ts";
import type { EntryFacts } from "../models/entryFacts.ts";
import type { HostedEntry } from "./hostedEntry.ts";
import type { EntryProgress, Readiness } from "./infoRoutes.ts";
import { pause } from "./pause.ts";

export type HostOptions = {
  readonly chain: Pick<NodeChain, "entries">;
  /** Which entries to serve; every live one when null. */
  readonly wanted: readonly number[] | null;
  readonly prepare: (facts: EntryFacts) => Promise<HostedEntry>;
  /** Milliseconds between looks at the chain. */
  readonly pollMs: number;
  readonly logger: FastifyBaseLogger;
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** Called after the set of served entries changed. */
  readonly onChange: () => void;
};

/** The entries that a node serves, kept in step with the chain. */
export type Host = {
  readonly entries: () => readonly HostedEntry[];
  readonly readiness: () => Readiness;
  /** Follows the chain until the signal says stop. Never throws: a chain that is away is waited for. */
  readonly run: () => Promise<void>;
  readonly close: () => Promise<void>;
};

type Failure = { readonly detail: string; readonly retryAt: number; readonly times: number };

const longestRetryMs = 60_000;

export function createHost(options: HostOptions): Host {
  const { chain, logger, signal, now } = options;
  const hosted = new Map<number, HostedEntry>();
  const failed = new Map<number, Failure>();
  let known: readonly EntryFacts[] = [];
  let reachable = false;
  let complained = false;
  let block: number | null = null;

  const progressOf = (facts: EntryFacts): EntryProgress => {
    const entry = hosted.get(facts.entryId);
    const failure = failed.get(facts.entryId);
    return {
      id: modelId(facts.contest, facts.entryId),
      state: entry === undefined ? (failure === undefined ? "preparing" : "unavailable") : entry.runner.state(),
      detail: failure?.detail ?? null,
    };
  };

  const host = async (facts: EntryFacts): Promise<void> => {
    const before = failed.get(facts.entryId);
    if (before !== undefined && before.retryAt > now()) return;
    try {
      const entry = await options.prepare(facts);
      failed.delete(facts.entryId);
      hosted.set(facts.entryId, entry);
      logger.info({ entry: facts.entryId, model: entry.manifest.name }, "model verified, serving");
      options.onChange();
    } catch (error) {
      if (signal.aborted) return;
      const times = (before?.times ?? 0) + 1;
      const wait = error instanceof RetryableError ? Math.min(longestRetryMs, 1_000 * 2 ** times) : longestRetryMs;
      const detail = error instanceof Error ? error.message : String(error);
      failed.set(facts.entryId, { detail, times, retryAt: now() + wait });
      logger.warn({ entry: facts.entryId }, `cannot serve an entry yet: ${detail}`);
    }
  };

  const look = async (): Promise<void> => {
    try {
      const read = await chain.entries();
      if (complained) logger.info({ block: read.block }, "the chain answers again");
      complained = false;
      reachable = true;
      block = read.block;
      known = read.entries.filter(({ entryId }) => options.wanted?.includes(entryId) ?? true);
    } catch (error) {
      reachable = false;
      if (!complained && !signal.aborted) logger.warn(`the chain does not answer, trying on: ${shortMessageOf(error)}`);
      complained = true;
      return;
    }
    for (const [entryId, entry] of hosted) {
      if (known.some((facts) => facts.entryId === entryId)) continue;
      hosted.delete(entryId);
      logger.info({ entry: entryId }, "an entry is live no more, not served any longer");
      options.onChange();
      await entry.runner.close();
    }
    for (const facts of known) {
      if (signal.aborted) return;
      if (!hosted.has(facts.entryId)) await host(facts);
    }
  };

  return {
    entries: () => [...hosted.values()],
    readiness: () => ({
      ready:
        block !== null && hosted.size > 0 && known.every(({ entryId }) => hosted.has(entryId) || failed.has(entryId)),
      chain: { reachable, block },
      entries: known.map(progressOf),
    }),
    async run() {
      while (!signal.aborted) {
        await look();
        await pause(options.pollMs, signal);
      }
    },
    async close() {
      await Promise.all([...hosted.values()].map(({ runner }) => runner.close()));
    },
  };
}
