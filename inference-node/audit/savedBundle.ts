import { z } from "zod";
import { bundleSchema } from "#protocol/node.ts";
import { addressSchema } from "#protocol/primitives.ts";

/** A bundle as a client keeps it. What stands beside the bundle is the client's own note and signed by nobody. */
export const savedBundleSchema = bundleSchema.extend({
  /** Which registry's signatures these are; the audit's flags go before them. */
  chainId: z.int().positive().optional(),
  registry: addressSchema.optional(),
  /** Base URL of the node that was asked. */
  from: z.string().max(256).optional(),
});
export type SavedBundle = z.infer<typeof savedBundleSchema>;
