import { readFileSync } from "node:fs";
import type { Hex } from "viem";
import { z } from "zod";
import { InvalidInputError, shortMessageOf } from "#protocol/errors.ts";
import { describeIssues } from "#protocol/manifest.ts";
import { addressSchema } from "#protocol/primitives.ts";

/** Why an operator hides an entry's words; null for one that is not hidden. */
export type HiddenReason = (contest: Hex, entryId: number) => string | null;

const fileSchema = z.strictObject({
  hidden: z
    .array(
      z.strictObject({
        contest: addressSchema,
        entryId: z.int().min(1).max(65_535),
        /** Everybody reads it in place of the words. */
        reason: z.string().min(1).max(500),
      }),
    )
    .max(65_535),
});

export const nothingHidden: HiddenReason = () => null;

/** Reads the operator's list of hidden entries. Throws `InvalidInputError` that names each wrong field. */
export function readHidden(file: string): HiddenReason {
  const parsed = fileSchema.safeParse(parse(file));
  if (!parsed.success)
    throw new InvalidInputError(`The list of hidden entries ${file} is not valid.`, {
      metaMessages: [
        ...describeIssues(parsed.error),
        'expected {"hidden": [{"contest": "0x…", "entryId": 7, "reason": "why"}]}',
      ],
    });
  const reasons = new Map(parsed.data.hidden.map(({ contest, entryId, reason }) => [`${contest}/${entryId}`, reason]));
  return (contest, entryId) => reasons.get(`${contest}/${entryId}`) ?? null;
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new InvalidInputError(`The list of hidden entries ${file} cannot be read: ${shortMessageOf(cause)}`, {
      cause,
    });
  }
}
