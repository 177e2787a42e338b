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
