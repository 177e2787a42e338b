import pRetry from "p-retry";
import type { Logger } from "pino";
import type { Hex } from "viem";
import { BaseError, RetryableError, shortMessageOf } from "#protocol/errors.ts";
import { pause } from "#protocol/pause.ts";
import { InconsistentLogsError } from "../project/InconsistentLogsError.ts";
import type { Header, Placed, Store } from "../store/store.ts";
import { createLook } from "./createLook.ts";
import {
  BranchChangedError,
  ChainUnreachableError,
  RateLimitedError,
  RequestRefusedError,
  TallyMismatchError,
} from "./errors.ts";
import { findFork } from "./findFork.ts";
import type { Log } from "./log.ts";
import type { Notices } from "./notices.ts";
import { createRangeSize } from "./rangeSize.ts";
import type { Read } from "./readAhead.ts";
import { createdIn, createReadAhead } from "./readAhead.ts";
import { readLogs, readRange } from "./readRange.ts";
import { createResync } from "./resync.ts";
import type { ChainHeader, Rpc } from "./rpc.ts";
import { createTallyWatch } from "./tallyWatch.ts";
import { verifyChain } from "./verifyChain.ts";

export type FollowOptions = {
  readonly rpc: Rpc;
  readonly store: Store;
  readonly factory: Hex;
  readonly nodeRegistry: Hex;
  readonly chainId: number | undefined;
  readonly file: string;
  /** First block to read in an empty database. */
  readonly fromBlock: number;
  /** Blocks this far below the head are final, or further below where the chain's own tag says so. */
  readonly finalityDepth: number;
  /** Milliseconds between two looks at the head. */
  readonly pollMs: number;
  /** Blocks between two comparisons with the contracts' own tallies; 0 for none. */
  readonly auditBlocks: number;
  readonly notices: Notices;
  /** Milliseconds from a clock that nobody sets. */
  readonly now: () => number;
  /** Called after each commit with what it folded, and after each rollback. */
  readonly onChange: (events?: readonly Placed[]) => void;
  readonly log: Pick<Logger, "info" | "warn" | "error">;
};

/** Where the follower stands. `head` is the chain's newest block as last seen. */
export type FollowStatus = {
  readonly head: number | null;
  readonly seenAt: number | null;
  readonly problem: string | null;
  /** Whether everything up to a head was folded, and compared where that could be, since the start. */
  readonly caughtUp: boolean;
  readonly notices: Readonly<Notices>;
};

const RETRY = { minTimeout: 100, maxTimeout: 3_000, factor: 2, randomize: true, retries: Number.POSITIVE_INFINITY };
/** Contradicting logs in a row before the hole is sought in what is stored. */
const MOST_CONTRADICTIONS = 8;

/**
 * Follows the chain for ever: folds what is new, takes back what was taken back, waits out an endpoint that is away.
 * `run` rejects only for what waiting cannot mend, and resolves when `signal` aborts.
 */
export function createFollower(options: FollowOptions) {
  const { rpc, store, log, notices } = options;
  const watch = createTallyWatch(options);
  const rangeSize = createRangeSize();
  const { resync, mended } = createResync(options);
  let status: FollowStatus = {
    head: null,
    seenAt: null,
    problem: "The chain was not reached yet.",
    caughtUp: false,
    notices,
  };
  let verified = false;
  let contradictions = 0;
  /** What the last try failed with; null after one that did not. */
  let failure: string | null = null;
  const ahead = createReadAhead();
  const look = createLook(options);

  async function verify(): Promise<void> {
    const stored = await store.standing();
    const identity = await verifyChain({ ...options, stored });
    if (stored === undefined) {
      const before = await rpc.header(Math.max(0, options.fromBlock - 1));
      if (before === null) throw new BaseError(`The chain has no block ${options.fromBlock - 1} yet.`);
      await store.begin(identity, before);
    }
    verified = true;
  }

  /** One look at the head, and at most one range. Returns whether there is more to read. */
  async function step(): Promise<boolean> {
    await store.claim();
    if (!verified) await verify();
    const standing = await store.standing();
    const after = standing && (await store.headerAt(standing.block));
    if (standing === undefined || after === undefined) throw new Error("the database lost its position");
    const { head, finalizedTag } = await look(ahead.isBegunAfter(after));
    status = { ...status, head: head.number, seenAt: options.now(), problem: failure ?? watch.alarm() };

    if (head.number <= after.number) {
      const ours = await store.headerAt(head.number);
      // An endpoint that lags behind the database tells nothing new, and nothing to compare the newest rows with; one
      // with another block tells of another branch.
      if (ours?.hash === head.hash && head.number === after.number) {
        await compare(ours);
        caughtUp();
      }
      if (head.number < standing.finalized || ours?.hash === head.hash) return false;
      await rollBack(head.number);
      return true;
    }
    const contestsNow = await store.contests();
    // The usual case, one block more: its logs are on their way while the rest is looked at.
    const logs = head.number === after.number + 1 ? newestLogs(head, contestsNow) : undefined;
    const settled = Math.max(standing.finalized, Math.min(await finalizedTag(), head.number - options.finalityDepth));
    // What was not compared with the contracts can still be taken back, but for a past that nothing was compared in yet.
    const isFarPast = !watch.hasCompared() && after.number < settled;
    const finalized = isFarPast ? settled : Math.max(standing.finalized, watch.hold(settled));
    const thorough = watch.alarm() !== null || contradictions > 0;
    const read = async (from: Header, to: ChainHeader, contests: readonly Hex[]): Promise<Read> => {
      const how = { ...options, contests, hasToken: store.hasToken, after: from, to, finalized, thorough, logs };
      // Up to where the range after it goes is asked at the same time, so that it can be begun at once.
      const next = to.number < settled ? lastOf(to, head, finalized) : Promise.resolve(to);
      const [range, after] = await Promise.all([readRange(how), next]);
      return { to, contests, range, next: after };
    };
    const begun = ahead.take(after, thorough);
    const asked = rangeSize.blocks();
    try {
      const { to, contests, range, next } = await (begun ??
        read(after, await lastOf(after, head, finalized), contestsNow));
      const catchingUp = to.number < settled;
      if (catchingUp) await ahead.begin(to, () => read(to, next, [...contests, ...createdIn(range)]));
      await store.commit({ ...range, catchingUp });
      rangeSize.answered(range.logs, to.number - after.number);
      contradictions = 0;
      options.onChange(range.events);
      if (to.number - after.number > 1)
        log.info({ block: to.number, head: head.number, logs: range.logs }, "range folded");
      if (to.number === head.number) {
        await compare(to);
        caughtUp();
      }
      return to.number < head.number;
    } catch (error) {
      if (error instanceof BranchChangedError && (await rollBack(head.number))) return true;
      if (tooMuchAsked(error, Math.min(asked, head.number - after.number)) && rangeSize.refused()) return true;
      throw error;
    }
  }

  function caughtUp(): void {
    if (watch.alarm() === null) status = { ...status, caughtUp: true };
  }

  function newestLogs({ hash }: Header, contests: readonly Hex[]): Promise<Log[]> {
    const logs = readLogs(rpc, [options.factory, options.nodeRegistry, ...contests], { blockHash: hash });
    logs.catch(() => {});
    return logs;
  }

  /** Compares with the contracts when it is time to, and takes back what they do not confirm, or reads it all anew. */
  async function compare(at: Header): Promise<void> {
    const mismatch = await watch.look(at);
    if (mismatch === undefined) {
      if (watch.alarm() === null) mended();
      return;
    }
    const standing = await store.standing();
    const to = standing?.finalized ?? at.number;
    const { emitter, facts } = mismatch;
    log.error({ emitter, facts, block: at.number, readAgainFrom: to + 1 }, "the contracts say something else");
    if (to >= at.number || watch.isHopeless()) {
      // The hole lies in what cannot be taken back. Until it is mended, the alarm stays and the rest goes on.
      status = { ...status, problem: watch.alarm() };
      if (await resync(emitter)) await compare(at);
      return;
    }
    await store.rollback(to);
    rangeSize.refused();
    options.onChange();
    throw new TallyMismatchError(watch.alarm() ?? "", { metaMessages: facts });
  }

  /** Up to where to read now: one range, and blocks that are final apart from those that are not. */
  async function lastOf(after: Header, head: ChainHeader, finalized: number): Promise<ChainHeader> {
    const ahead = after.number + rangeSize.blocks();
    const number = after.number < finalized ? Math.min(ahead, finalized) : Math.min(ahead, head.number);
    if (number === head.number) return head;
    const [to] = await rpc.headers([number]);
    return to ?? head;
  }

  /** Returns whether anything had to be taken back. */
  async function rollBack(head: number): Promise<boolean> {
    verified = false;
    await verify();
    const to = await findFork({ rpc, store, head });
    const from = (await store.standing())?.block ?? to;
    if (to === from) return false;
    await store.rollback(to);
    watch.rolledBack(to);
    notices.reorgs += 1;
    log.warn({ from, to }, "the chain took another branch; blocks rolled back");
    options.onChange();
    return true;
  }

  async function failed(error: Error, signal: AbortSignal): Promise<void> {
    verified = error instanceof RateLimitedError || error instanceof TallyMismatchError ? verified : false;
    contradictions = error instanceof InconsistentLogsError ? contradictions + 1 : 0;
    const problem = shortMessageOf(error);
    if (failure !== problem) log.warn({ problem, facts: factsOf(error) }, "chain");
    failure = problem;
    status = { ...status, problem };
    if (error instanceof InconsistentLogsError && contradictions >= MOST_CONTRADICTIONS) await seekHole(error);
    notices.rpcErrors += 1;
    if (!(error instanceof RateLimitedError)) return;
    notices.rateLimits += 1;
    await pause(error.retryAfterMs, signal);
  }

  /** Reading on cannot mend a hole in what was folded before. */
  async function seekHole({ emitter }: InconsistentLogsError): Promise<void> {
    try {
      await resync(emitter);
    } catch (error) {
      log.error({ problem: shortMessageOf(error), facts: factsOf(error), contract: emitter }, "reading anew failed");
    }
  }

  async function run(signal: AbortSignal): Promise<void> {
    let wake = () => {};
    let stopListening = () => {};
    try {
      while (!signal.aborted) {
        const more = await pRetry(step, {
          ...RETRY,
          signal,
          onFailedAttempt: ({ error }) => failed(error, signal),
          shouldRetry: ({ error }) => error instanceof RetryableError,
        });
        failure = null;
        status = { ...status, problem: watch.alarm() };
        if (more) continue;
        const woken = new Promise<void>((resolve) => {
          wake = resolve;
        });
        stopListening = await listen(stopListening, () => wake());
        await Promise.race([woken, pause(options.pollMs, signal)]);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      stopListening();
    }
  }

  let listening = false;
  async function listen(stop: () => void, onHead: () => void): Promise<() => void> {
    if (listening) return stop;
    listening = true;
    return rpc.onHead(onHead).catch(() => {
      listening = false;
      return stop;
    });
  }

  return { run, status: () => status };
}

function tooMuchAsked(error: unknown, blocks: number): boolean {
  return blocks > 1 && (error instanceof RequestRefusedError || error instanceof ChainUnreachableError);
}

function factsOf(error: unknown): readonly string[] {
  return error instanceof BaseError ? error.metaMessages : [];
}
