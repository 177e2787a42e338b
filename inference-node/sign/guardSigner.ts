import { BaseError } from "#protocol/errors.ts";
import type { EntryFacts } from "../models/entryFacts.ts";
import { entryKey } from "../models/entryFacts.ts";
import type { Journal } from "../state/journal.ts";
import type { Signer } from "./createSigner.ts";

/** A signature that could cost the stake, and was not made. */
export class UnsafeStatementError extends BaseError {
  override readonly name = "UnsafeStatementError";
}

export type GuardOptions = {
  readonly journal: Journal;
  /** What the newest finalised block that was read says of an entry, named as by `entryKey`; undefined when it has no such live entry. */
  readonly finalised: (entry: string) => EntryFacts | undefined;
  /** Whether the chain was read since the start; what is known from before is good for receipts only. */
  readonly isFresh: () => boolean;
  /** Where the entry's verified file lies; undefined when it is not served. */
  readonly fileOf: (entry: string) => string | undefined;
};

type Claim = {
  readonly contest: string;
  readonly entryId: bigint;
  readonly manifestHash: string;
  readonly modelRoot: string;
  readonly modelSha256?: string;
};

/**
 * A signer that cannot cost an honest operator the stake: it signs only what a finalised block says about an entry whose
 * file is served, attests only what it read of the chain itself since it started, and never two different things about one entry. What it signs is on disk before the signature is.
 *
 * Throws `UnsafeStatementError` and `StatementConflictError`.
 */
export function guardSigner(signer: Signer, { journal, finalised, isFresh, fileOf }: GuardOptions): Signer {
  const guard = (claim: Claim, epoch: number | null): void => {
    const entryId = Number(claim.entryId);
    const key = entryKey(claim);
    const facts = finalised(key);
    const path = fileOf(key);
    const same =
      facts !== undefined &&
      facts.contest === claim.contest.toLowerCase() &&
      facts.manifestHash === claim.manifestHash &&
      facts.modelRoot === claim.modelRoot &&
      (claim.modelSha256 === undefined || facts.modelSha256 === claim.modelSha256);
    if (!same) throw refuse(entryId, "it is not what the newest finalised block says");
    if (path === undefined) throw refuse(entryId, "no verified file of it is served");
    journal.record(facts, path, epoch);
  };
  return {
    ...signer,
    async signAttestation(message) {
      if (!isFresh()) throw refuse(Number(message.entryId), "the chain was not read since this node started");
      guard(message, Number(message.epoch));
      return await signer.signAttestation(message);
    },
    async signReceipt(message) {
      guard(message, null);
      return await signer.signReceipt(message);
    },
  };
}

function refuse(entryId: number, why: string): UnsafeStatementError {
  return new UnsafeStatementError(`A statement about entry ${entryId} was not signed: ${why}.`);
}
