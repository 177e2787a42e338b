import { parseUnits } from "viem";
import { z } from "zod";
import { InvalidInputError } from "#protocol/errors.ts";
import { describeIssues } from "#protocol/manifest.ts";
import { addressSchema, hexSchema } from "#protocol/primitives.ts";

const SECONDS: Readonly<Record<string, number>> = { second: 1, minute: 60, hour: 3_600, day: 86_400 };
const BYTES: Readonly<Record<string, number>> = { B: 1, KiB: 1_024, MiB: 1_024 ** 2, GiB: 1_024 ** 3 };
const DURATION = /^(\d+(?:\.\d+)?) (second|minute|hour|day)s?$/;

const durationSchema = z
  .string()
  .regex(DURATION, 'expected a duration such as "72 hours" or "14 days"')
  .transform(secondsOf);

/** Seconds since 1970, or seconds from now. */
export type Moment = { readonly at: number } | { readonly fromNow: number };

const momentSchema = z.string().transform((text, context): Moment => {
  if (text === "now") return { fromNow: 0 };
  if (text.startsWith("in ") && DURATION.test(text.slice(3))) return { fromNow: secondsOf(text.slice(3)) };
  // Without a zone the organiser's own would be guessed.
  const isTime =
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})$/.test(text) && !Number.isNaN(Date.parse(text));
  if (isTime) return { at: Date.parse(text) / 1_000 };
  context.addIssue({ code: "custom", message: 'expected "2026-12-01T09:00:00Z" (with a zone), "now" or "in 3 days"' });
  return z.NEVER;
});

const coinsSchema = z.string().regex(/^\d+(\.\d+)?$/, 'expected an amount of coins as text, such as "50" or "6.25"');

const sizeSchema = z
  .string()
  .regex(/^\d+(\.\d+)? (B|KiB|MiB|GiB)$/, 'expected a size such as "6 GiB"')
  .transform((text) => {
    const [number = "", unit = ""] = text.split(" ");
    return Math.floor(Number(number) * (BYTES[unit] ?? 1));
  });

/** A contest's rules as an organiser writes them. See scripts/examples/contest.json. */
export const rulesFileSchema = z.strictObject({
  /** ERC-20 that voters stake; absent means the demo's. */
  coin: addressSchema.optional(),
  /** Absent means the coin. */
  prizeToken: addressSchema.optional(),
  /** Adapter that decides who is a person; null makes an open contest. */
  personhood: addressSchema.nullable(),
  arbitrator: addressSchema.nullable(),
  /** Bytes that a challenger passes on to the arbitrator. */
  arbitratorExtraData: hexSchema.default("0x"),
  /** Text that authors sign up to; path from the rules file. */
  declaration: z.string().min(1),
  entriesOpen: momentSchema,
  votesOpen: momentSchema,
  votesClose: momentSchema,
  /** Length of the window before the close over which stakes are averaged. */
  averagedOver: durationSchema,
  rulingTimeout: durationSchema,
  maxEntries: z.int().min(1).max(65_535),
  maxModelSize: sizeSchema,
  entryBond: coinsSchema,
  challengeBond: coinsSchema,
  /** Both only in a personhood contest. */
  personCap: coinsSchema.optional(),
  entryCap: coinsSchema.optional(),
  /** Least average weight that holds a rank: in coins, in a personhood contest in roots of coins. */
  minTally: coinsSchema.default("0"),
  /** Percent of the pot for ranks 1, 2, …; ten at most. */
  split: z.array(z.number().min(0).max(100)).min(1).max(10),
});
export type RulesFile = z.infer<typeof rulesFileSchema>;

/** Reads a rules file's JSON. Throws `InvalidInputError` that names each wrong field. */
export function parseRulesFile(text: string, name: string): RulesFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InvalidInputError(`${name} is not JSON.`, {
      metaMessages: [String(error instanceof Error ? error.message : error)],
      cause: error,
    });
  }
  const parsed = rulesFileSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InvalidInputError(`The rules in ${name} are not valid.`, { metaMessages: describeIssues(parsed.error) });
}

/** An amount of coins in wei. Throws `InvalidInputError` when it has more digits than the coin. */
export function toWei(field: string, text: string, decimals: number): bigint {
  const digits = text.split(".")[1]?.length ?? 0;
  if (digits > decimals)
    throw new InvalidInputError(`${field} has more than the coin's ${decimals} decimals: ${text}.`);
  return parseUnits(text, decimals);
}

function secondsOf(text: string): number {
  const [number = "", unit = ""] = text.split(" ");
  return Math.round(Number(number) * (SECONDS[unit.replace(/s$/, "")] ?? 0));
}
