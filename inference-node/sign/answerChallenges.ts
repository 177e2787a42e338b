import { createReadStream } from "node:fs";
import { join } from "node:path";
import { proveBlock } from "#protocol/blockProof.ts";
import { BaseError, shortMessageOf } from "#protocol/errors.ts";
import { bareHex } from "#protocol/hashing.ts";
import { epochAt } from "#protocol/typedData.ts";
import type { ChallengeChain, OpenChallenge } from "../chain/challengeChain.ts";
import { reasonOf } from "../chain/reasonOf.ts";
import { nodeHashing } from "../models/nodeHashing.ts";
import { verifyModelFile } from "../models/verifyModelFile.ts";
import { pause } from "../serve/pause.ts";
import type { Journal, Said } from "../state/journal.ts";

export type DefenceOptions = {
  readonly chain: ChallengeChain;
  readonly journal: Journal;
  /** Where fetched models are kept under their SHA-256. */
  readonly storeFolder: string;
  readonly pollMs: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly log: { readonly info: (line: string) => void; readonly warn: (line: string) => void };
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

/** A challenge may come 23 epochs after an attestation and run for 24 hours more; one hour of grace. */
const answerableEpochs = 48n;
const retryMs = { first: 2_000, longest: 60_000 };
const remembered = 100;

/**
 * Looks for block challenges against everything that was attested in the last two days, whether it is served still or
 * not, and brings the block. The file is read whole and compared with the entry before a block of it is sent.
 */
export function createDefence(options: DefenceOptions): Defence {
  const { chain, journal, now, signal, log } = options;
  const seen = new Map<bigint, ChallengeProgress & { readonly failures: number; readonly notBefore: number }>();
  let complained = false;

  const note = (challenge: OpenChallenge, state: ChallengeProgress["state"], detail: string | null): number => {
    const { challengeId, contest, entryId, index, answerBy } = challenge;
    const failures = (seen.get(challengeId)?.failures ?? 0) + (state === "failing" ? 1 : 0);
    const wait = state === "failing" ? Math.min(retryMs.longest, retryMs.first * 2 ** (failures - 1)) : 0;
    const row = { challengeId: String(challengeId), contest, entryId, index, answerBy, state, detail };
    seen.set(challengeId, { ...row, failures, notBefore: now() + wait });
    for (const [oldest] of seen) if (seen.size > remembered) seen.delete(oldest);
    return wait;
  };

  const answer = async (challenge: OpenChallenge, said: Said): Promise<void> => {
    const before = seen.get(challenge.challengeId);
    if (before !== undefined && before.notBefore > now()) return;
    const what = `block ${challenge.index} of entry ${challenge.entryId} (challenge ${challenge.challengeId})`;
    if (before === undefined) {
      note(challenge, "open", null);
      log.warn(`somebody asks this node for ${what}, due ${new Date(challenge.answerBy * 1000).toISOString()}`);
    }
    try {
      const path = await findFile(said, options.storeFolder, signal);
      const proof = await proveBlock(createReadStream(path), challenge.index, nodeHashing.sha256);
      const transaction = await chain.answer(challenge.challengeId, proof);
      note(challenge, "answered", transaction);
      log.info(`brought ${what} (${transaction})`);
    } catch (error) {
      if (signal.aborted) return;
      const reason = reasonOf(error);
      const wait = note(challenge, "failing", reason);
      const loss = "a fifth of the stake is lost if the block does not come in time";
      log.warn(`could not bring ${what}, next try in ${wait / 1000} s; ${loss}: ${reason}`);
    }
  };

  const look = async (): Promise<void> => {
    const since = epochAt(now() / 1000) - answerableEpochs;
    const asked = journal.said().filter(({ epoch }) => epoch !== null && BigInt(epoch) >= since);
    if (asked.length === 0) return;
    let open: readonly OpenChallenge[];
    try {
      open = await chain.open(asked);
      complained = false;
    } catch (error) {
      if (!complained && !signal.aborted) log.warn(`cannot look for block challenges: ${shortMessageOf(error)}`);
      complained = true;
      return;
    }
    for (const challenge of open) {
      const said = asked.find(({ contest, entryId }) => contest === challenge.contest && entryId === challenge.entryId);
      if (said !== undefined && !signal.aborted) await answer(challenge, said);
    }
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

/** The entry's file where it lay when it was attested, or in the store. Throws when neither is the entry's. */
async function findFile(said: Said, storeFolder: string, signal: AbortSignal): Promise<string> {
  const tried: string[] = [];
  for (const path of new Set([said.path, join(storeFolder, `${bareHex(said.modelSha256)}.gguf`)])) {
    try {
      await verifyModelFile(path, said, signal);
      return path;
    } catch (error) {
      tried.push(`${path}: ${shortMessageOf(error)}`);
    }
  }
  throw new BaseError(`The file that entry ${said.entryId} names is not here any more: ${tried.join("; ")}`);
}
