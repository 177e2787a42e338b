import { z } from "zod";
import { at } from "./http.ts";
import { addressSchema, amountSchema, bytes32Schema } from "./primitives.ts";
import { ENTRY_STATUSES } from "./rules.ts";

/** Whole books of a contest: its voters by pages, and snapshots that anybody can recompute. Conventions as in http.ts. */

/** A wallet with a stake. */
export const voterRowSchema = z.object({
  wallet: addressSchema,
  /** Wei of all `stakes`. */
  staked: amountSchema,
  stakes: z.array(z.object({ entryId: z.int().positive(), stake: amountSchema, weight: amountSchema })),
});

/** An entry in a snapshot: figures at the block's time, and the values of its leaf in the order of their types. */
export const snapshotLeafSchema = z.object({
  entryId: z.int().positive(),
  weight: amountSchema,
  /** Weight-seconds gathered up to the block's timestamp. */
  acc: amountSchema,
  support: amountSchema,
  voters: z.int(),
  status: z.enum(ENTRY_STATUSES),
  /** contest, entryId, weight, acc, support, voters, number of the status. */
  leaf: z.array(z.string()).length(7),
});

export const votersAnswer = at({
  items: z.array(voterRowSchema),
  /** Pass as `after` for the next page; null at the end. */
  next: addressSchema.nullable(),
});
export const snapshotAnswer = at({ root: bytes32Schema.nullable(), leaves: z.array(snapshotLeafSchema) });
export const snapshotProofAnswer = at({
  root: bytes32Schema,
  leaf: snapshotLeafSchema,
  proof: z.array(bytes32Schema),
});

export type VoterRow = z.infer<typeof voterRowSchema>;
export type SnapshotLeaf = z.infer<typeof snapshotLeafSchema>;
