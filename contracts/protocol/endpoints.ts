import { z } from "zod";
import {
  activityAnswer,
  contestAnswer,
  contestsAnswer,
  descriptionAnswer,
  entriesAnswer,
  entryAnswer,
  errorAnswer,
  healthAnswer,
  historyAnswer,
  nodesAnswer,
  rankingAnswer,
  readyAnswer,
  streamMessageSchema,
  voterAnswer,
} from "./http.ts";
import { snapshotAnswer, snapshotProofAnswer, votersAnswer } from "./httpBooks.ts";
import { addressSchema } from "./primitives.ts";
import type { routes } from "./routes.ts";

/** Whole number between bounds, as it comes in an address. */
const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^(0|[1-9]\d{0,9})$/, "expected a whole number")
    .transform(Number)
    .pipe(z.int().min(least, `must be at least ${least}`).max(most, `must be at most ${most}`))
    // What it is, in the API's description; in an address everything is text.
    .meta({ type: "integer", pattern: undefined, minimum: least, maximum: most });

const entryId = whole(1, 65_535);
const blockNumber = whole(0, 9_999_999_999);
const nothing = z.strictObject({});
const ofContest = z.strictObject({ contest: addressSchema });
const ofEntry = z.strictObject({ contest: addressSchema, id: entryId });
const atBlock = z.strictObject({ block: blockNumber.optional() });

/**
 * What the indexer's routes take and answer, by their names in routes.ts. The indexer checks questions by it, its client
 * checks answers, and the API's description is made of it.
 */
export const endpoints = {
  health: { params: nothing, query: nothing, answer: healthAnswer },
  ready: { params: nothing, query: nothing, answer: readyAnswer },
  metrics: { params: nothing, query: nothing, answer: z.string() },
  openapi: { params: nothing, query: nothing, answer: descriptionAnswer },
  contests: { params: nothing, query: nothing, answer: contestsAnswer },
  contest: { params: ofContest, query: nothing, answer: contestAnswer },
  entries: {
    params: ofContest,
    query: z.strictObject({ search: z.string().max(200).optional(), category: z.string().max(64).optional() }),
    answer: entriesAnswer,
  },
  entry: { params: ofEntry, query: nothing, answer: entryAnswer },
  ranking: { params: ofContest, query: atBlock, answer: rankingAnswer },
  history: {
    params: ofContest,
    query: z.strictObject({ buckets: whole(2, 500).default(60) }),
    answer: historyAnswer,
  },
  voters: {
    params: ofContest,
    query: z.strictObject({
      limit: whole(1, 500).default(100),
      after: addressSchema.optional(),
      entry: entryId.optional(),
    }),
    answer: votersAnswer,
  },
  voter: {
    params: z.strictObject({ contest: addressSchema, wallet: addressSchema }),
    query: nothing,
    answer: voterAnswer,
  },
  activity: {
    params: ofContest,
    query: z.strictObject({
      limit: whole(1, 200).default(50),
      before: z
        .string()
        .regex(/^\d{1,15}-\d{1,9}$/, 'expected the value of "next" of the page before')
        .optional(),
      entry: entryId.optional(),
      account: addressSchema.optional(),
    }),
    answer: activityAnswer,
  },
  snapshot: { params: ofContest, query: atBlock, answer: snapshotAnswer },
  snapshotProof: { params: ofEntry, query: atBlock, answer: snapshotProofAnswer },
  nodes: {
    params: nothing,
    query: z.strictObject({ contest: addressSchema.optional(), entry: entryId.optional() }),
    answer: nodesAnswer,
  },
  /** Answered without end, message by message. */
  events: {
    params: nothing,
    query: z.strictObject({ contest: addressSchema.optional() }),
    answer: streamMessageSchema,
  },
} as const satisfies Record<keyof typeof routes, Endpoint>;

type Endpoint = { readonly params: z.ZodObject; readonly query: z.ZodObject; readonly answer: z.ZodType };

/** What every route answers when it refuses. */
export const refusal = errorAnswer;

export type Endpoints = typeof endpoints;
export type EndpointName = keyof Endpoints;
/** What a route answers, checked. */
export type Answer<N extends EndpointName> = z.output<Endpoints[N]["answer"]>;
/** What a route is asked with, in the path and behind it. */
export type Asked<N extends EndpointName> = Readonly<
  Fields<Endpoints[N]["params"]> & Partial<Fields<Endpoints[N]["query"]>>
>;
type Fields<S extends z.ZodObject> = keyof S["shape"] extends never ? unknown : z.output<S>;
