import type { Hex } from "viem";
import { z } from "zod";
import { canonicalBytes } from "./canonicalJson.ts";
import type { Sha256 } from "./hashing.ts";
import { toBytes32 } from "./hashing.ts";
import { samplingSchema } from "./manifest.ts";
import { addressSchema, amountSchema, bytes32Schema, hexSchema } from "./primitives.ts";
import type { Attestation, Receipt } from "./typedData.ts";

/** How a node's engine is set up; its canonical JSON is hashed into `engine`. */
export const engineSchema = z.strictObject({
  /** llama.cpp release, such as b9000. */
  llamaCpp: z.string().min(1).max(64),
  /** CPU or GPU build in use. */
  variant: z.string().min(1).max(64),
  contextSize: z.int().positive(),
  batchSize: z.int().positive(),
  flashAttention: z.boolean(),
  kvType: z.string().min(1).max(16),
  /**
   * What makes the answers where it is not the node's own llama.cpp. Of `openai` the node knows neither the set-up nor
   * the token ids: those of its receipts are the text's, tokenised again.
   */
  upstream: z.enum(["llama-server", "openai"]).optional(),
});
export type Engine = z.infer<typeof engineSchema>;

/** An attestation on the wire: 64-bit and 256-bit numbers as decimal strings. */
export const attestationSchema = z.strictObject({
  node: addressSchema,
  contest: addressSchema,
  entryId: amountSchema,
  manifestHash: bytes32Schema,
  modelRoot: bytes32Schema,
  modelSha256: bytes32Schema,
  engine: bytes32Schema,
  epoch: amountSchema,
});

/** Answer of `GET /v1/attestations`. */
export const attestationsAnswer = z.object({
  node: addressSchema,
  chainId: z.int(),
  registry: addressSchema,
  attestations: z.array(z.object({ attestation: attestationSchema, signature: hexSchema, engine: engineSchema })),
});

/** A receipt on the wire. */
export const receiptSchema = z.strictObject({
  node: addressSchema,
  client: addressSchema,
  contest: addressSchema,
  entryId: amountSchema,
  manifestHash: bytes32Schema,
  modelRoot: bytes32Schema,
  epoch: amountSchema,
  nonce: amountSchema,
  requestHash: bytes32Schema,
  responseHash: bytes32Schema,
  paramsHash: bytes32Schema,
  seed: amountSchema,
  promptTokens: z.int().nonnegative(),
  outputTokens: z.int().nonnegative(),
  firstTokenMs: z.int().nonnegative(),
  totalMs: z.int().nonnegative(),
});

/** Sampling parameters in force for one answer; `paramsHash` is the SHA-256 of their canonical JSON. */
export const paramsSchema = samplingSchema;

/** A token's id as it is hashed: a uint32. A larger one would be hashed as if it were another. */
const tokenSchema = z.int().nonnegative().max(0xffff_ffff);

/** The field `coindrop` of an answer or of the last chunk of a stream: all that a client needs to check it. */
export const bundleSchema = z.object({
  receipt: receiptSchema,
  signature: hexSchema,
  /** 16 random bytes; only the client gets them. */
  salt: z.string().regex(/^0x[0-9a-f]{32}$/),
  promptTokens: z.array(tokenSchema),
  outputTokens: z.array(tokenSchema),
  params: paramsSchema,
  engine: engineSchema,
});
export type Bundle = z.infer<typeof bundleSchema>;
export type WireReceipt = z.infer<typeof receiptSchema>;
export type WireAttestation = z.infer<typeof attestationSchema>;

/** A node's id for an entry's model. */
export function modelId(contest: string, entryId: number | bigint): string {
  return `${contest.toLowerCase()}/${entryId}`;
}

/** SHA-256 over a 16-byte salt and token ids as uint32 little-endian: `requestHash` and `responseHash`. */
export function hashTokens(salt: Uint8Array, tokens: readonly number[], sha256: Sha256): Hex {
  const bytes = new Uint8Array(salt.length + tokens.length * 4);
  bytes.set(salt, 0);
  const view = new DataView(bytes.buffer);
  tokens.forEach((token, index) => {
    view.setUint32(salt.length + index * 4, token, true);
  });
  return toBytes32(sha256(bytes));
}

/** SHA-256 of a value's canonical JSON: `paramsHash`, and `engine` of an attestation. */
export function hashCanonical(value: unknown, sha256: Sha256): Hex {
  return toBytes32(sha256(canonicalBytes(value)));
}

/** A wire attestation as it is signed. */
export function attestationOf(wire: WireAttestation): Attestation {
  return { ...wire, entryId: BigInt(wire.entryId), epoch: BigInt(wire.epoch) };
}

/** A wire receipt as it is signed. */
export function receiptOf(wire: WireReceipt): Receipt {
  return {
    ...wire,
    entryId: BigInt(wire.entryId),
    epoch: BigInt(wire.epoch),
    nonce: BigInt(wire.nonce),
    seed: BigInt(wire.seed),
  };
}
