import { createReadStream } from "node:fs";
import { proveBlock } from "#protocol/blockProof.ts";
import { shortMessageOf } from "#protocol/errors.ts";
import type { ChallengeChain, OpenChallenge } from "../chain/challengeChain.ts";
import { reasonOf } from "../chain/reasonOf.ts";
import { findByRoot } from "../models/findByRoot.ts";
import { nodeHashing } from "../models/nodeHashing.ts";
import { pause } from "../serve/pause.ts";
import type { Journal } from "../state/journal.ts";

export type DefenceOptions = {
  readonly chain: ChallengeChain;
  /** Where the file lay when it was signed about; one that knows nothing of an entry does no harm. */
  readonly journal: Pick<Journal, "said">;
  /** Folders with model files: the store, and the operator's own. */
  readonly folders: readonly string[];
  readonly pollMs: number;
  /** Milliseconds since 1970: whether an answer is due still. */
  readonly now: () => number;
  /** Milliseconds of a clock that nobody sets: when to try again. */
  readonly elapsed: () => number;
  readonly signal: AbortSignal;
  readonly log: {
    readonly info: (line: string) => void;
    readonly warn: (line: string) => void;
    readonly error: (line: string) => void;
  };
};

export type ChallengeProgress = {
  readonly challengeId: string;
  readonly contest: string;
  readonly entryId: number;
  readonly index: number;
  /** Seconds since 1970. */
  readonly answerBy: number;
  readonly state: "open" | "answered" | "failing";
  readonly detail: string | null;
};

/** Answers block challenges against this node until the signal says stop. */
export type Defence = {
  /** Those that were seen since the start, newest last. */
  readonly challenges: () => readonly ChallengeProgress[];
  readonly run: () => Promise<void>;
};

const retryMs = { first: 2_000, longest: 60_000 };
const remembered = 100;
/** As anybody may read it: what a chain's endpoint says can hold its key. */
const notYet = "It could not be brought yet; this node's log says why.";
const late = "It was not brought in time.";

/**
 * Looks for block challenges against this node and brings the blocks, whatever it serves now and remembers: the registry
 * knows what is asked, and any file with the entry's pieces root will do. It is read whole before a block of it is sent.
 */
export function createDefence(options: DefenceOptions): Defence {
  const { chain, now, elapsed, signal, log } = options;
  const seen = new Map<bigint, ChallengeProgress & { readonly failures: number; readonly notBefore: number }>();
  let complained = false;

  const note = (challenge: OpenChallenge, state: ChallengeProgress["state"], detail: string | null): number => {
    const { challengeId, contest, entryId, index, answerBy } = challenge;
    const failures = (seen.get(challengeId)?.failures ?? 0) + (state === "failing" ? 1 : 0);
    const wait = state === "failing" ? Math.min(retryMs.longest, retryMs.first * 2 ** (failures - 1)) : 0;
    const row = { challengeId: String(challengeId), contest, entryId, index, answerBy, state, detail };
    seen.set(challengeId, { ...row, failures, notBefore: elapsed() + wait });
    for (const [oldest] of seen) if (seen.size > remembered) seen.delete(oldest);
    return wait;
  };

  const answer = async (challenge: OpenChallenge): Promise<void> => {
    const { challengeId, contest, entryId, index, answerBy } = challenge;
    const before = seen.get(challengeId);
    if (before !== undefined && before.notBefore > elapsed()) return;
    const what = `block ${index} of entry ${entryId} (challenge ${challengeId})`;
    const due = new Date(answerBy * 1000).toISOString();
    if (before === undefined) {
      note(challenge, "open", null);
      log.warn(`somebody asks this node for ${what} of contest ${contest}, due ${due}`);
    }
    if (answerBy * 1000 <= now()) {
      // Looked at again: a clock that says so may be wrong.
      note(challenge, "failing", late);
      if (before?.detail === late) return;
      return log.warn(`${what} was not brought in time; a fifth of the stake is lost`);
    }
    const loss = `a fifth of the stake is lost if the block is not there by ${due}`;
    try {
      const path = await fileOf(challenge);
      if (path === null) {
        const help = `npm run node -- pull ${contest} ${entryId}`;
        const wait = note(challenge, "failing", `No file here is the entry's. Fetch it: ${help}`);
        return log.error(
          `NO FILE for ${what}; ${loss}. Fetch it now, this node goes on by itself: ${help}` +
            ` (or host it: npm run node -- host ${contest} ${entryId}). Next look in ${wait / 1000} s`,
        );
      }
      const proof = await proveBlock(createReadStream(path), index, nodeHashing.sha256);
      const transaction = await chain.answer(challengeId, proof);
      note(challenge, "answered", transaction);
      log.info(`brought ${what} (${transaction})`);
    } catch (error) {
      if (signal.aborted) return;
      const reason = reasonOf(error);
      const wait = note(challenge, "failing", notYet);
      log.warn(`could not bring ${what}, next try in ${wait / 1000} s; ${loss}: ${reason}`);
    }
  };

  const fileOf = async ({ contest, entryId, ...identity }: OpenChallenge): Promise<string | null> => {
    const said = options.journal.said().find((one) => one.contest === contest && one.entryId === entryId);
    return await findByRoot(identity, {
      paths: said === undefined ? [] : [said.path],
      folders: options.folders,
      signal,
    });
  };

  const look = async (): Promise<void> => {
    let open: readonly OpenChallenge[];
    try {
      open = await chain.open();
      complained = false;
    } catch (error) {
      if (!complained && !signal.aborted) log.warn(`cannot look for block challenges: ${shortMessageOf(error)}`);
      complained = true;
      return;
    }
    for (const challenge of open) if (!signal.aborted) await answer(challenge);
  };

  return {
    challenges: () => [...seen.values()].map(({ failures: _, notBefore: __, ...row }) => row),
    async run() {
      while (!signal.aborted) {
        await look();
        await pause(options.pollMs, signal);
      }
    },
  };
}
