import type { Address } from "viem";
import { toBytes32 } from "#protocol/hashing.ts";
import type { Sampling } from "#protocol/manifest.ts";
import type { Bundle, Engine, WireReceipt } from "#protocol/node.ts";
import { bundleSchema, hashCanonical, hashTokens, receiptOf } from "#protocol/node.ts";
import { epochAt } from "#protocol/typedData.ts";
import type { EntryFacts } from "../models/entryFacts.ts";
import { nodeHashing } from "../models/nodeHashing.ts";
import type { Signer } from "./createSigner.ts";

/** One answer, as the node saw it. Times in milliseconds, `endedAt` in seconds since 1970. */
export type AnswerFacts = {
  readonly entry: EntryFacts;
  readonly engine: Engine;
  readonly client: Address;
  readonly params: Sampling;
  readonly seed: number;
  readonly promptTokens: readonly number[];
  readonly outputTokens: readonly number[];
  readonly firstTokenMs: number;
  readonly totalMs: number;
  readonly endedAt: number;
};

/**
 * Signs a receipt for an answer and returns all that its client needs to check it.
 *
 * The salt is made here and leaves with the bundle: without it nobody can test guesses at prompt or answer against
 * the hashes, and the node keeps none of the three. `random(n)`: n random bytes.
 */
export async function signAnswer(
  signer: Signer,
  answer: AnswerFacts,
  random: (bytes: number) => Uint8Array,
): Promise<Bundle> {
  const salt = random(16);
  const { entry } = answer;
  const receipt: WireReceipt = {
    node: signer.node,
    client: answer.client,
    contest: entry.contest,
    entryId: entry.entryId.toString(),
    manifestHash: entry.manifestHash,
    modelRoot: entry.modelRoot,
    epoch: epochAt(answer.endedAt).toString(),
    nonce: BigInt(toBytes32(random(8))).toString(),
    requestHash: hashTokens(salt, answer.promptTokens, nodeHashing.sha256),
    responseHash: hashTokens(salt, answer.outputTokens, nodeHashing.sha256),
    paramsHash: hashCanonical(answer.params, nodeHashing.sha256),
    seed: answer.seed.toString(),
    promptTokens: answer.promptTokens.length,
    outputTokens: answer.outputTokens.length,
    firstTokenMs: Math.round(answer.firstTokenMs),
    totalMs: Math.round(answer.totalMs),
  };
  return bundleSchema.parse({
    receipt,
    signature: await signer.signReceipt(receiptOf(receipt)),
    salt: toBytes32(salt),
    promptTokens: [...answer.promptTokens],
    outputTokens: [...answer.outputTokens],
    params: answer.params,
    engine: answer.engine,
  });
}
