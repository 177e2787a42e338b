import { z } from "zod";
import { addressSchema, amountSchema, bytes32Schema, secondsSchema } from "./primitives.ts";

/** A contest's rules as JSON: amounts as decimal strings, times in seconds since 1970. */
export const rulesSchema = z.object({
  coin: addressSchema,
  prizeToken: addressSchema,
  personhood: addressSchema,
  arbitrator: addressSchema,
  arbitratorExtraDataHash: bytes32Schema,
  declarationHash: bytes32Schema,
  entriesOpen: secondsSchema,
  votesOpen: secondsSchema,
  countFrom: secondsSchema,
  votesClose: secondsSchema,
  rulingTimeout: secondsSchema,
  maxEntries: z.int(),
  maxModelBytes: z.int(),
  personCap: amountSchema,
  entryCap: amountSchema,
  entryBond: amountSchema,
  challengeBond: amountSchema,
  minTally: amountSchema,
  split: z.array(z.int()).length(10),
});
export type WireRules = z.infer<typeof rulesSchema>;
