import type { FastifyBaseLogger } from "fastify";
import { RetryableError, shortMessageOf } from "#protocol/errors.ts";
import { modelId } from "#protocol/node.ts";
import type { ChainEntries, NodeChain } from "../chain/nodeChain.ts";
import type { EntryFacts } from "../models/entryFacts.ts";
import { entryKey, sameEntry } from "../models/entryFacts.ts";
import type { HostedEntry } from "./hostedEntry.ts";
import type { EntryProgress, Readiness } from "./infoRoutes.ts";
import { pause } from "./pause.ts";
import { publicReason } from "./publicReason.ts";

export type HostOptions = {
  readonly chain: Pick<NodeChain, "entries">;
  /** What is served until the chain answers, where it was away at the start. */
  readonly remembered?: Pick<ChainEntries, "block" | "entries"> | null;
  /** `onLost` is called when a file that was verified is the entry's no more. */
  readonly prepare: (facts: EntryFacts, onLost: (error: unknown) => void) => Promise<HostedEntry>;
  /** Milliseconds between looks at the chain. */
  readonly pollMs: number;
  readonly logger: FastifyBaseLogger;
  readonly signal: AbortSignal;
  /** Milliseconds of a clock that nobody sets. */
  readonly elapsed: () => number;
  /** Called after the set of served entries changed. */
  readonly onChange: () => void;
};

/** The entries that a node serves, kept in step with the chain. */
export type Host = {
  readonly entries: () => readonly HostedEntry[];
  /** Those whose model file, looked at now, is the entry's; another is served no longer and prepared again. */
  readonly intact: () => Promise<readonly HostedEntry[]>;
  readonly readiness: () => Readiness;
  /** Follows the chain until the signal says stop. Never throws: a chain that is away is waited for. */
  readonly run: () => Promise<void>;
  readonly close: () => Promise<void>;
};

type Failure = {
  readonly facts: EntryFacts;
  /** As anybody may read it. */
  readonly detail: string;
  readonly retryAt: number;
  readonly times: number;
};

const longestRetryMs = 60_000;

/** Entries prepared at a time. */
const mostPreparing = 4;

export function createHost(options: HostOptions): Host {
  const { chain, logger, signal, elapsed } = options;
  const hosted = new Map<string, HostedEntry>();
  const failed = new Map<string, Failure>();
  const preparing = new Map<string, Promise<void>>();
  let known: readonly EntryFacts[] = options.remembered?.entries ?? [];
  let reachable = false;
  let complained = false;
  let block = options.remembered?.block ?? null;

  const progressOf = (facts: EntryFacts): EntryProgress => {
    const entry = hosted.get(entryKey(facts));
    const failure = failed.get(entryKey(facts));
    return {
      id: modelId(facts.contest, facts.entryId),
      state: entry === undefined ? (failure === undefined ? "preparing" : "unavailable") : entry.runner.state(),
      detail: failure?.detail ?? entry?.runner.reason() ?? null,
    };
  };

  const entries = (): readonly HostedEntry[] =>
    [...hosted.values()].toSorted(
      ({ facts: one }, { facts: other }) => one.contest.localeCompare(other.contest) || one.entryId - other.entryId,
    );
  const isKnown = (facts: EntryFacts): boolean => known.some((now) => sameEntry(now, facts));

  const drop = async (entry: HostedEntry): Promise<void> => {
    const key = entryKey(entry.facts);
    if (hosted.get(key) !== entry) return;
    hosted.delete(key);
    options.onChange();
    await entry.runner.close();
  };

  const host = async (facts: EntryFacts): Promise<void> => {
    const { entryId } = facts;
    const key = entryKey(facts);
    const before = failed.get(key);
    try {
      let lost = false;
      const entry = await options.prepare(facts, (error) => {
        lost = true;
        logger.warn({ entry: entryId }, `not served any longer, tried anew: ${shortMessageOf(error)}`);
        const current = hosted.get(key);
        if (current?.facts === facts) void drop(current);
      });
      if (signal.aborted || lost || !isKnown(facts)) return await entry.runner.close();
      failed.delete(key);
      hosted.set(key, entry);
      logger.info({ entry: entryId, model: entry.manifest.name }, "model verified, serving");
      options.onChange();
    } catch (error) {
      if (signal.aborted || !isKnown(facts)) return;
      const times = (before?.times ?? 0) + 1;
      const wait = error instanceof RetryableError ? Math.min(longestRetryMs, 1_000 * 2 ** times) : longestRetryMs;
      const detail = error instanceof Error ? error.message : String(error);
      failed.set(key, { facts, detail: publicReason(error), times, retryAt: elapsed() + wait });
      logger.warn({ entry: entryId }, `cannot serve an entry yet: ${detail}`);
    }
  };

  /** Prepares what is not served yet, a few at a time; those that failed least come first. */
  const fill = (): void => {
    const triedOf = (facts: EntryFacts): number => failed.get(entryKey(facts))?.times ?? 0;
    for (const facts of known.toSorted((one, other) => triedOf(one) - triedOf(other))) {
      const key = entryKey(facts);
      if (signal.aborted || preparing.size >= mostPreparing) return;
      if (hosted.has(key) || preparing.has(key) || (failed.get(key)?.retryAt ?? 0) > elapsed()) continue;
      const done = host(facts).finally(() => {
        preparing.delete(key);
        fill();
      });
      preparing.set(key, done);
    }
  };

  const look = async (): Promise<void> => {
    try {
      const read = await chain.entries();
      if (complained) logger.info({ block: read.block }, "the chain answers again");
      complained = false;
      reachable = true;
      block = read.block;
      known = read.entries;
    } catch (error) {
      reachable = false;
      if (!complained && !signal.aborted) logger.warn(`the chain does not answer, trying on: ${shortMessageOf(error)}`);
      complained = true;
      return;
    }
    for (const [key, { facts }] of failed) if (!isKnown(facts)) failed.delete(key);
    for (const entry of [...hosted.values()]) {
      if (isKnown(entry.facts)) continue;
      logger.info({ entry: entry.facts.entryId }, "an entry is live no more, not served any longer");
      await drop(entry);
    }
    fill();
  };

  return {
    entries,
    async intact() {
      const asked = entries();
      const whole = await Promise.all(
        asked.map((entry) =>
          entry.check().then(
            () => true,
            () => false,
          ),
        ),
      );
      return asked.filter((entry, index) => whole[index] === true && hosted.get(entryKey(entry.facts)) === entry);
    },
    readiness: () => ({
      ready:
        block !== null &&
        hosted.size > 0 &&
        known.every((facts) => hosted.has(entryKey(facts)) || failed.has(entryKey(facts))),
      chain: { reachable, block },
      entries: known.map(progressOf),
    }),
    async run() {
      fill();
      while (!signal.aborted) {
        await look();
        await pause(options.pollMs, signal);
      }
      await Promise.all(preparing.values());
    },
    async close() {
      await Promise.all([...hosted.values()].map(({ runner }) => runner.close()));
    },
  };
}
