import { z } from "zod";
import { addressSchema, bytes32Schema } from "#protocol/primitives.ts";

/** `EntryFacts` as they are read back from the state folder. */
export const keptFactsSchema = z.object({
  contest: addressSchema,
  entryId: z.int().positive(),
  manifestHash: bytes32Schema,
  modelSha256: bytes32Schema,
  modelRoot: bytes32Schema,
  /** Bytes. */
  modelSize: z.int().nonnegative(),
  manifestURI: z.string(),
});
