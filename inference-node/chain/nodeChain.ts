import type { Hex } from "viem";
import type { EntryFacts, EntryName } from "../models/entryFacts.ts";
import type { SignedAttestation } from "../sign/signAttestation.ts";

/** Everything that a node wants from the chain. Tests put their own here. */
export type NodeChain = {
  /** Live entries that are to be served, as of the newest finalised block. Throws when the chain does not answer. */
  readonly entries: () => Promise<ChainEntries>;
  /** Puts attestations on chain in one transaction and waits until it is mined. */
  readonly attest: (signed: readonly SignedAttestation[]) => Promise<Hex>;
  /** The newest epoch that this node has put on chain for an entry, or null. */
  readonly lastAttested: (entry: EntryName) => Promise<bigint | null>;
  /** Base URLs of other nodes that attested an entry, which may hand out its model. */
  readonly holders?: (entry: EntryName) => Promise<readonly string[]>;
};

export type ChainEntries = {
  readonly block: number;
  readonly entries: readonly EntryFacts[];
  /** The newest block, final or not; `timestamp` in seconds since 1970. */
  readonly head?: { readonly number: number; readonly timestamp: number };
};
