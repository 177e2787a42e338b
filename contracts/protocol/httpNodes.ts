import { z } from "zod";
import { FAULTS } from "./faults.ts";
import { addressSchema, amountSchema, blockSchema, bytes32Schema, secondsSchema } from "./primitives.ts";

/** What the indexer says of nodes; conventions as in http.ts. */

export const nodeAttestationSchema = z.object({
  contest: addressSchema,
  entryId: z.int(),
  key: addressSchema,
  engine: bytes32Schema,
  epoch: z.int(),
  /** Whether all three hashes are those of the entry. */
  matches: z.boolean(),
  block: blockSchema,
});

export const slashingSchema = z.object({
  contest: addressSchema,
  entryId: z.int(),
  fault: z.enum(FAULTS),
  /** EIP-712 digest of the false statement, or the id of the block challenge. */
  evidence: bytes32Schema,
  bringer: addressSchema,
  /** Wei of the registry's coin taken from the stake, and what of it was the bringer's. */
  amount: amountSchema,
  reward: amountSchema,
  block: blockSchema,
});

export const blockChallengeSchema = z.object({
  challengeId: amountSchema,
  contest: addressSchema,
  entryId: z.int(),
  /** Which block of 16 KiB, from 0. */
  index: z.int(),
  challenger: addressSchema,
  /** Wei of the chain's own coin. */
  bond: amountSchema,
  openedAt: blockSchema,
  /** Before this the block must be there. */
  answerBy: secondsSchema,
});

export const nodeSchema = z.object({
  address: addressSchema,
  endpoint: z.string(),
  stake: amountSchema,
  active: z.boolean(),
  /** Seconds since 1970, null while it stays. */
  leavesAt: secondsSchema.nullable(),
  keys: z.array(addressSchema),
  registeredAt: blockSchema,
  /** The newest one per entry. */
  attestations: z.array(nodeAttestationSchema),
  /** What it lost and why, oldest first. */
  slashings: z.array(slashingSchema),
  /** Blocks that it is asked for and that nobody has brought yet. */
  blockChallenges: z.array(blockChallengeSchema),
  /** How many blocks were brought when asked for, and how many were not. */
  blocksAnswered: z.int(),
  blocksExpired: z.int(),
});

export type NodeView = z.infer<typeof nodeSchema>;
export type NodeAttestationView = z.infer<typeof nodeAttestationSchema>;
