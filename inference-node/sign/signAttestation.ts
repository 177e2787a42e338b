import type { Hex } from "viem";
import type { Engine } from "#protocol/node.ts";
import { hashCanonical } from "#protocol/node.ts";
import type { Attestation } from "#protocol/typedData.ts";
import { epochAt } from "#protocol/typedData.ts";
import type { EntryFacts } from "../models/entryFacts.ts";
import { nodeHashing } from "../models/nodeHashing.ts";
import type { Signer } from "./createSigner.ts";

export type SignedAttestation = {
  readonly attestation: Attestation;
  readonly signature: Hex;
  readonly engine: Engine;
};

/**
 * Signs that this node serves an entry with these very files. `time`: seconds since 1970.
 *
 * The caller has verified the model file against the entry, and read the entry from a finalised block.
 */
export async function signAttestation(
  signer: Signer,
  entry: EntryFacts,
  engine: Engine,
  time: number,
): Promise<SignedAttestation> {
  const attestation: Attestation = {
    node: signer.node,
    contest: entry.contest,
    entryId: BigInt(entry.entryId),
    manifestHash: entry.manifestHash,
    modelRoot: entry.modelRoot,
    modelSha256: entry.modelSha256,
    engine: hashCanonical(engine, nodeHashing.sha256),
    epoch: epochAt(time),
  };
  return { attestation, signature: await signer.signAttestation(attestation), engine };
}
