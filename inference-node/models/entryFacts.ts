import type { Address, Hex } from "viem";
import { modelId } from "#protocol/node.ts";
import type { ModelIdentity } from "./verifyModelFile.ts";

/** Which entry is meant, among those of all contests. */
export type EntryName = {
  /** Lower-case. */
  readonly contest: Address;
  readonly entryId: number;
};

/** What the chain says about an entry, as far as a node needs it. */
export type EntryFacts = ModelIdentity &
  EntryName & {
    readonly manifestHash: Hex;
    readonly manifestURI: string;
  };

/** What entries are kept under: two contests both have an entry 1. */
export function entryKey({
  contest,
  entryId,
}: {
  readonly contest: string;
  readonly entryId: number | bigint;
}): string {
  return modelId(contest, entryId);
}

/** Whether two facts name the same entry with the same files, wherever its manifest is found. */
export function sameEntry(one: EntryFacts, other: EntryFacts): boolean {
  return (
    one.contest === other.contest &&
    one.entryId === other.entryId &&
    one.manifestHash === other.manifestHash &&
    one.modelSha256 === other.modelSha256 &&
    one.modelRoot === other.modelRoot &&
    one.modelSize === other.modelSize
  );
}
