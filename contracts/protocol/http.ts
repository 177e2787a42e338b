import { z } from "zod";
import { nodeSchema } from "./httpNodes.ts";
import { manifestSchema } from "./manifest.ts";
import { addressSchema, amountSchema, blockSchema, bytes32Schema, secondsSchema } from "./primitives.ts";
import { ENTRY_STATUSES, PHASES } from "./rules.ts";
import { rulesSchema } from "./wireRules.ts";

/**
 * The indexer's HTTP shapes. Amounts, weights and scores are decimal strings; times are seconds since 1970; addresses
 * and hashes are lower case. Every answer names the block it is true at.
 */

/** Where the indexer stands: `at` is the newest block folded in, `finalized` the newest that cannot be rolled back. */
export const atSchema = z.object({ chainId: z.int().positive(), block: blockSchema, finalized: z.int().nonnegative() });

export const tokenSchema = z.object({
  address: addressSchema,
  symbol: z.string(),
  name: z.string(),
  decimals: z.int(),
});

export const contestSchema = z.object({
  address: addressSchema,
  creator: addressSchema,
  createdAt: blockSchema,
  rules: rulesSchema,
  coin: tokenSchema,
  prizeToken: tokenSchema,
  /** By the clock of `at.block.timestamp`. */
  phase: z.enum(PHASES),
  entryCount: z.int(),
  liveCount: z.int(),
  /** Wallets with a stake above 0. */
  voters: z.int(),
  pot: amountSchema,
  /** Highest id counted so far. */
  counted: z.int(),
  /** Present once final: ranks 1 to 10, 0 where nobody holds one. */
  result: z
    .object({ entryIds: z.array(z.int()).length(10), pot: amountSchema, unheld: amountSchema, block: blockSchema })
    .nullable(),
  /** Ranks whose prize was paid, with receiver. */
  claims: z.array(z.object({ rank: z.int(), entryId: z.int(), to: addressSchema, amount: amountSchema })),
});

/**
 * What became of fetching a manifest. `waiting`: not tried yet or being retried; `unavailable`: see `reason`; `hidden`: who
 * runs this indexer does not show it, for this reason.
 */
export const manifestStateSchema = z.discriminatedUnion("state", [
  z.object({ state: z.literal("present"), manifest: manifestSchema }),
  z.object({ state: z.literal("waiting") }),
  z.object({ state: z.enum(["unavailable", "hidden"]), reason: z.string() }),
]);

/** What somebody brought forward on a challenge. The address is the submitter's word: nobody checked what is there. */
export const evidenceSchema = z.object({ party: addressSchema, evidenceURI: z.string(), block: blockSchema });

/** A challenge of an entry. With ruling 2 the entry is removed, for the reasons at `evidenceURI`. */
export const challengeSchema = z.object({
  /** From 1, within the contest. */
  challengeId: z.int().positive(),
  challenger: addressSchema,
  /** The arbitrator's id for it. */
  disputeId: amountSchema,
  /** Where the challenger's reasons can be read. */
  evidenceURI: z.string(),
  openedAt: blockSchema,
  /** Until when the arbitrator has time; from then on anyone may close it as ruling 0. */
  due: secondsSchema,
  /** The first ones, the challenger's reasons among them, in the order in which they came. */
  evidence: z.array(evidenceSchema),
  /** How many there are in all. */
  evidenceCount: z.int(),
  /** Null while it is open. 0: refused, or `lapsed`; 1: eligible; 2: ineligible. */
  closed: z.object({ ruling: z.int().min(0).max(2), lapsed: z.boolean(), block: blockSchema }).nullable(),
});

export const entrySchema = z.object({
  entryId: z.int().positive(),
  author: addressSchema,
  manifestHash: bytes32Schema,
  modelSha256: bytes32Schema,
  modelRoot: bytes32Schema,
  modelSize: z.int(),
  manifestURI: z.string(),
  submittedAt: blockSchema,
  status: z.enum(ENTRY_STATUSES),
  manifest: manifestStateSchema,
  /** Sum of the weights that count now. */
  weight: amountSchema,
  /** Weight-seconds gathered up to the last change. */
  acc: amountSchema,
  /** Seconds after countFrom up to which acc is complete. */
  last: z.int(),
  /** Projected (or final) score in weight-seconds. */
  score: amountSchema,
  /** score / window, rounded down. */
  tally: amountSchema,
  /** Coins with weight 0, in wei. */
  support: amountSchema,
  /** Coins staked in all, in wei. */
  staked: amountSchema,
  /** Wallets with a stake above 0. */
  voters: z.int(),
  /** Nodes with an attestation of this entry's true hashes within the last 48 hours. */
  nodes: z.int(),
  /** Oldest first. At most the last one is open: the entry is `challenged` then. */
  challenges: z.array(challengeSchema),
});

export const rankRowSchema = z.object({
  /** From 1; null for entries that hold no rank (score 0, under minTally, retracted, removed). */
  rank: z.int().positive().nullable(),
  /** Rank 24 hours before, null where it held none. */
  rankBefore: z.int().positive().nullable(),
  entryId: z.int().positive(),
  /** From the manifest; null while it is not present. */
  name: z.string().nullable(),
  author: addressSchema,
  status: z.enum(ENTRY_STATUSES),
  score: amountSchema,
  tally: amountSchema,
  weight: amountSchema,
  voters: z.int(),
  support: amountSchema,
  /** Wei of the prize token this rank gets if nothing moves again. */
  prize: amountSchema,
});

export const stakeSchema = z.object({
  entryId: z.int().positive(),
  stake: amountSchema,
  weight: amountSchema,
  changedAt: blockSchema,
});

export const voterSchema = z.object({
  wallet: addressSchema,
  nullifier: bytes32Schema.nullable(),
  stakes: z.array(stakeSchema),
  /** Wei owed by the contest, by token. */
  credits: z.array(z.object({ token: addressSchema, amount: amountSchema })),
  funded: amountSchema,
  /** Entries this wallet authored. */
  entries: z.array(z.int()),
});

const activityBase = { block: blockSchema, logIndex: z.int(), transaction: bytes32Schema };

/** One thing that happened. `amount` is in wei of the coin (of the prize token for funded, claimed). */
export const activitySchema = z.discriminatedUnion("kind", [
  z.object({ ...activityBase, kind: z.literal("submitted"), entryId: z.int(), account: addressSchema }),
  z.object({ ...activityBase, kind: z.literal("retracted"), entryId: z.int() }),
  z.object({ ...activityBase, kind: z.literal("bound"), account: addressSchema }),
  z.object({
    ...activityBase,
    kind: z.enum(["challenged", "evidence"]),
    entryId: z.int(),
    account: addressSchema,
    challengeId: z.int(),
    evidenceURI: z.string(),
  }),
  z.object({
    ...activityBase,
    kind: z.literal("ruled"),
    entryId: z.int(),
    challengeId: z.int(),
    ruling: z.int().min(0).max(2),
    lapsed: z.boolean(),
  }),
  z.object({
    ...activityBase,
    kind: z.enum(["dropped", "withdrew", "reweighed"]),
    entryId: z.int(),
    account: addressSchema,
    amount: amountSchema,
    stake: amountSchema,
    weight: amountSchema,
  }),
  z.object({ ...activityBase, kind: z.literal("funded"), account: addressSchema, amount: amountSchema }),
  z.object({ ...activityBase, kind: z.literal("counted"), upTo: z.int() }),
  z.object({ ...activityBase, kind: z.literal("finalized") }),
  z.object({
    ...activityBase,
    kind: z.literal("claimed"),
    entryId: z.int(),
    rank: z.int(),
    account: addressSchema,
    amount: amountSchema,
  }),
]);

export const historyPointSchema = z.object({
  /** Bucket end. */
  timestamp: secondsSchema,
  /** Projected score per entry id as it stood then; entries with score 0, and those removed by then, are left out. */
  scores: z.record(z.string(), amountSchema),
});

/** Wraps a body with the block it is true at. */
export const at = <T extends z.ZodRawShape>(shape: T) => z.object({ at: atSchema, ...shape });

export const contestsAnswer = at({ contests: z.array(contestSchema) });
export const contestAnswer = at({ contest: contestSchema });
export const entriesAnswer = at({ entries: z.array(entrySchema) });
export const entryAnswer = at({ entry: entrySchema });
export const rankingAnswer = at({
  phase: z.enum(PHASES),
  window: z.object({ countFrom: secondsSchema, votesClose: secondsSchema }),
  rows: z.array(rankRowSchema),
});
export const historyAnswer = at({ from: secondsSchema, to: secondsSchema, points: z.array(historyPointSchema) });
export const voterAnswer = at({ voter: voterSchema });
export const activityAnswer = at({
  items: z.array(activitySchema),
  /** Pass as `before` for the next page; null at the end. */
  next: z.string().nullable(),
});
export const nodesAnswer = at({ nodes: z.array(nodeSchema) });
export const readyAnswer = z.object({
  ready: z.boolean(),
  chainId: z.int().nullable(),
  head: z.int().nullable(),
  indexed: z.int().nullable(),
  /** Blocks of the chain that are not indexed yet. */
  lag: z.int().nullable(),
  reason: z.string().nullable(),
  /**
   * Present while version `building` is built: rows of version `version` answer until then, as of block `indexed`, null
   * where they cannot be read and nothing answers.
   */
  older: z.object({ version: z.int(), indexed: z.int().nullable(), building: z.int() }).optional(),
});
export const healthAnswer = z.object({ alive: z.literal(true) });
/** The API's description: OpenAPI. */
export const descriptionAnswer = z.looseObject({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
});
export const errorAnswer = z.object({ error: z.object({ message: z.string(), parameter: z.string().optional() }) });

/**
 * Messages of the event stream `GET /v1/events?contest=<address>`. Each has the SSE event name of its `kind`; `block`
 * comes once for every block folded in, with what changed in it. `rollback` says that blocks above `block` are void.
 */
export const streamMessageSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("block"),
    block: blockSchema,
    finalized: z.int(),
    /** Contests in which something changed. */
    contests: z.array(
      z.object({
        address: addressSchema,
        /** Entries whose tally or status changed, with their new projected figures. */
        entries: z.array(
          entrySchema.pick({
            entryId: true,
            status: true,
            weight: true,
            acc: true,
            last: true,
            score: true,
            tally: true,
            support: true,
            staked: true,
            voters: true,
          }),
        ),
        activity: z.array(activitySchema),
      }),
    ),
    /** Whether anything in the node registry changed. */
    nodesChanged: z.boolean(),
  }),
  z.object({ kind: z.literal("rollback"), block: blockSchema }),
  z.object({ kind: z.literal("manifest"), contest: addressSchema, entryId: z.int() }),
]);

export type Block = z.infer<typeof blockSchema>;
export type At = z.infer<typeof atSchema>;
export type ContestView = z.infer<typeof contestSchema>;
export type EntryView = z.infer<typeof entrySchema>;
export type ChallengeView = z.infer<typeof challengeSchema>;
export type ManifestState = z.infer<typeof manifestStateSchema>;
export type RankRow = z.infer<typeof rankRowSchema>;
export type VoterView = z.infer<typeof voterSchema>;
export type Activity = z.infer<typeof activitySchema>;
export type HistoryPoint = z.infer<typeof historyPointSchema>;
export type StreamMessage = z.infer<typeof streamMessageSchema>;
export type Ready = z.infer<typeof readyAnswer>;
