import type { Address, Hex } from "viem";
import type { ModelIdentity } from "./verifyModelFile.ts";

/** What the chain says about an entry, as far as a node needs it. */
export type EntryFacts = ModelIdentity & {
  /** Lower-case. */
  readonly contest: Address;
  readonly entryId: number;
  readonly manifestHash: Hex;
  readonly manifestURI: string;
};

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
