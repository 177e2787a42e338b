import { z } from "zod";
import { addressSchema, amountSchema, bytes32Schema, hexSchema } from "./primitives.ts";
import { ORDER_KINDS } from "./typedData.ts";

/**
 * A relay's HTTP shapes. Amounts are decimal strings in wei of the coin, times are seconds since 1970. A relay is
 * trusted with nothing: it can carry an order late or never, and change not a bit of it.
 */

/** `:digest` is the order's EIP-712 hash; `:contest` and `:voter` are addresses, `:id` an entry id. */
export const relayRoutes = {
  health: "/health",
  /** relayReadyAnswer */
  ready: "/ready",
  /** POST signedOrderSchema: relayOrderAnswer */
  orders: "/v1/orders",
  /** relayOrderAnswer */
  order: "/v1/orders/:digest",
  /** relayCostsAnswer */
  costs: "/v1/costs",
  /** relayNoncesAnswer */
  nonces: "/v1/nonces/:contest/:voter/:id",
} as const;

/** Bytes: longer signatures would make everybody's batch dearer. */
const MAX_SIGNATURE = 2_048;
const NONCES = 112;

/** What fits a word of the chain, in decimal digits. */
const wordSchema = amountSchema.refine(
  (text) => !/^\d+$/.test(text) || BigInt(text) < 2n ** 256n,
  "expected a number under 2^256",
);

const signatureSchema = hexSchema.refine(
  (text) => text.length > 2 && text.length <= 2 + 2 * MAX_SIGNATURE,
  `expected a signature of 1 to ${MAX_SIGNATURE} bytes`,
);

/** ERC-2612: the voter lets the contest take coins, so that not even the allowance costs them gas. */
export const permitSchema = z.strictObject({
  value: wordSchema,
  deadline: wordSchema,
  signature: z
    .string()
    .regex(/^0x[0-9a-fA-F]{128}(00|01|1[bBcC])$/, "expected the 65 bytes of a key's signature")
    .pipe(hexSchema),
});

/** An order as it is handed to a relay. */
export const signedOrderSchema = z.strictObject({
  contest: addressSchema,
  kind: z.enum(ORDER_KINDS),
  voter: addressSchema,
  entryId: wordSchema,
  amount: wordSchema,
  nonce: z
    .int()
    .min(0)
    .max(NONCES - 1),
  deadline: wordSchema,
  signature: signatureSchema,
  /** For a drop whose allowance is short. */
  permit: permitSchema.nullable().default(null),
});

/** Why an order was not carried out, or who did it instead. `error`: the contract's own error where there was one, with its values. */
export const relayReasonSchema = z.object({
  error: z.string().nullable(),
  values: z.array(z.string()),
  message: z.string(),
});

/**
 * waiting: at the relay. sent: in a transaction. done: in a block; `reason` says so where another carried it. skipped:
 * not carried out; `reason` says why. A reorganisation of the chain can turn done and skipped into sent again.
 */
export const RELAY_STATES = ["waiting", "sent", "done", "skipped"] as const;

export const relayOrderSchema = z.object({
  digest: bytes32Schema,
  contest: addressSchema,
  kind: z.enum(ORDER_KINDS),
  voter: addressSchema,
  entryId: wordSchema,
  amount: wordSchema,
  nonce: z.int(),
  deadline: wordSchema,
  state: z.enum(RELAY_STATES),
  /** The transaction that carries it, the relay's or another's, or skipped it; null while it waits and where none was sent. */
  transaction: bytes32Schema.nullable(),
  block: z.int().nullable(),
  reason: relayReasonSchema.nullable(),
});

export const relayOrderAnswer = z.object({ order: relayOrderSchema });
export const relayCostsAnswer = z.object({
  chainId: z.int(),
  /** Who pays; voters pay nothing. */
  payer: addressSchema,
  /** What one order costs the payer now: measured gas, wei of the chain's own coin for a unit of gas, their product. */
  gasPerOrder: z.int(),
  gasPrice: wordSchema,
  weiPerOrder: wordSchema,
  limits: z.object({
    /** Of one voter: orders that wait at once, and orders in a day; a permit that is paid for counts as one more. */
    waitingPerVoter: z.int(),
    ordersPerDay: z.int(),
    /** Orders in a minute from one network address (IPv6: from one /64). */
    ordersPerMinute: z.int(),
    ordersPerBatch: z.int(),
    /** Milliseconds until a batch leaves that is not full. */
    batchMs: z.int(),
    gasPerHour: z.int(),
    gasLeftThisHour: z.int(),
    /** Of the chain's own coin, for everybody. */
    weiPerDay: wordSchema,
    weiLeftToday: wordSchema,
    /** Percent of gas and wei that one contest gets at most; 100 where one alone is served. */
    contestShare: z.int(),
  }),
});
export const relayNoncesAnswer = z.object({
  contest: addressSchema,
  voter: addressSchema,
  entryId: wordSchema,
  /** The lowest that is neither spent nor in an order that waits here; null when all 112 are. */
  next: z.int().nullable(),
  /** Those of orders that wait here. */
  waiting: z.array(z.int()),
});
export const relayReadyAnswer = z.object({ ready: z.boolean(), reason: z.string().nullable() });
export const relayErrorAnswer = z.object({
  error: z.object({
    message: z.string(),
    /** Which field is meant. */
    parameter: z.string().optional(),
    /** What the contract would say. */
    reason: relayReasonSchema.optional(),
  }),
});

/** As it is written down in JSON. */
export type PostedOrder = z.input<typeof signedOrderSchema>;
export type SignedOrder = z.infer<typeof signedOrderSchema>;
export type Permit = z.infer<typeof permitSchema>;
export type RelayReason = z.infer<typeof relayReasonSchema>;
export type RelayOrder = z.infer<typeof relayOrderSchema>;
export type RelayCosts = z.infer<typeof relayCostsAnswer>;
export type RelayNonces = z.infer<typeof relayNoncesAnswer>;
