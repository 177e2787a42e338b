import { z } from "zod";
import {
  activityAnswer,
  contestAnswer,
  contestsAnswer,
  entriesAnswer,
  entryAnswer,
  historyAnswer,
  nodesAnswer,
  rankingAnswer,
  voterAnswer,
} from "#protocol/http.ts";
import { snapshotAnswer, snapshotProofAnswer, votersAnswer } from "#protocol/httpBooks.ts";
import { addressSchema } from "#protocol/primitives.ts";
import { routes as urls } from "#protocol/routes.ts";
import { activityView } from "../views/activity.ts";
import { contestsView, contestView } from "../views/contests.ts";
import { entriesView, entryView } from "../views/entries.ts";
import { createHistoryReader } from "../views/history.ts";
import type { ManifestReader } from "../views/manifests.ts";
import { nodesView } from "../views/nodes.ts";
import { rankingView } from "../views/ranking.ts";
import { snapshotProofView, snapshotView } from "../views/snapshot.ts";
import { votersView } from "../views/voterList.ts";
import { voterView } from "../views/voters.ts";
import type { Route } from "./route.ts";
import { defineRoute } from "./route.ts";

/** Whole number between bounds, as it comes in an address. */
const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^(0|[1-9]\d{0,9})$/, "expected a whole number")
    .transform(Number)
    .pipe(z.int().min(least, `must be at least ${least}`).max(most, `must be at most ${most}`));

const entryId = whole(1, 65_535);
const blockNumber = whole(0, 9_999_999_999);
const ofContest = z.object({ contest: addressSchema });

/** Everything that the API answers from the database. */
export function createRoutes(manifestOf: ManifestReader): readonly Route[] {
  const historyOf = createHistoryReader();
  return [
    defineRoute({
      url: urls.contests,
      summary: "All contests of the factory, newest first.",
      answerName: "Contests",
      answer: contestsAnswer,
      handle: (rows) => contestsView(rows) as Promise<z.input<typeof contestsAnswer>>,
    }),
    defineRoute({
      url: urls.contest,
      summary: "One contest: rules, phase, pot, result.",
      params: ofContest,
      answerName: "Contest",
      answer: contestAnswer,
      handle: (rows, { contest }) => contestView(rows, contest),
    }),
    defineRoute({
      url: urls.entries,
      summary: "Entries of a contest by id, with manifests; all words of `search` must occur.",
      params: ofContest,
      query: z.object({ search: z.string().max(200).optional(), category: z.string().max(64).optional() }),
      answerName: "Entries",
      answer: entriesAnswer,
      handle: (rows, { contest }, query) => entriesView(rows, manifestOf, contest, query),
    }),
    defineRoute({
      url: urls.entry,
      summary: "One entry.",
      params: ofContest.extend({ id: entryId }),
      answerName: "Entry",
      answer: entryAnswer,
      handle: (rows, { contest, id }) => entryView(rows, manifestOf, contest, id),
    }),
    defineRoute({
      url: urls.ranking,
      summary:
        "Every entry of a contest by projected or final score, ranked ones first; with `block`, as it was after that one.",
      params: ofContest,
      query: z.object({ block: blockNumber.optional() }),
      answerName: "Ranking",
      answer: rankingAnswer,
      handle: (rows, { contest }, { block }) =>
        rankingView(rows, manifestOf, contest, block) as Promise<z.input<typeof rankingAnswer>>,
    }),
    defineRoute({
      url: urls.history,
      summary: "Scores over time, exact at the end of each bucket.",
      params: ofContest,
      query: z.object({ buckets: whole(2, 500).default(60) }),
      answerName: "History",
      answer: historyAnswer,
      handle: (rows, { contest }, { buckets }) =>
        historyOf(rows, contest, buckets) as Promise<z.input<typeof historyAnswer>>,
    }),
    defineRoute({
      url: urls.voters,
      summary: "Wallets with a stake in a contest, or on one entry, by address: pages stay stable while things happen.",
      params: ofContest,
      query: z.object({
        limit: whole(1, 500).default(100),
        after: addressSchema.optional(),
        entry: entryId.optional(),
      }),
      answerName: "Voters",
      answer: votersAnswer,
      handle: (rows, { contest }, query) => votersView(rows, contest, query) as Promise<z.input<typeof votersAnswer>>,
    }),
    defineRoute({
      url: urls.voter,
      summary: "What a wallet has in a contest: stakes, credits, entries.",
      params: ofContest.extend({ wallet: addressSchema }),
      answerName: "Voter",
      answer: voterAnswer,
      handle: (rows, { contest, wallet }) => voterView(rows, contest, wallet),
    }),
    defineRoute({
      url: urls.activity,
      summary: "What happened in a contest, newest first.",
      params: ofContest,
      query: z.object({
        limit: whole(1, 200).default(50),
        before: z.string().max(32).optional(),
        entry: entryId.optional(),
        account: addressSchema.optional(),
      }),
      answerName: "ActivityPage",
      answer: activityAnswer,
      handle: (rows, { contest }, query) =>
        activityView(rows, contest, query) as Promise<z.input<typeof activityAnswer>>,
    }),
    defineRoute({
      url: urls.snapshot,
      summary: "Every entry at a finalised block, the newest or `block`, and the root of the Merkle tree over them.",
      params: ofContest,
      query: z.object({ block: blockNumber.optional() }),
      answerName: "Snapshot",
      answer: snapshotAnswer,
      handle: (rows, { contest }, { block }) =>
        snapshotView(rows, contest, block) as Promise<z.input<typeof snapshotAnswer>>,
    }),
    defineRoute({
      url: urls.snapshotProof,
      summary: "One entry of a snapshot with the proof that it belongs to the root.",
      params: ofContest.extend({ id: entryId }),
      query: z.object({ block: blockNumber.optional() }),
      answerName: "SnapshotProof",
      answer: snapshotProofAnswer,
      handle: (rows, { contest, id }, { block }) =>
        snapshotProofView(rows, contest, id, block) as Promise<z.input<typeof snapshotProofAnswer>>,
    }),
    defineRoute({
      url: urls.nodes,
      summary: "Nodes in the order of their registration; with `contest` or `entry` those that attested it.",
      query: z.object({ contest: addressSchema.optional(), entry: entryId.optional() }),
      answerName: "Nodes",
      answer: nodesAnswer,
      handle: (rows, _, query) => nodesView(rows, query) as Promise<z.input<typeof nodesAnswer>>,
    }),
  ];
}
