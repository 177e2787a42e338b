import type { z } from "zod";
import type { EndpointName, Endpoints } from "#protocol/endpoints.ts";
import type { Rows } from "../store/rows.ts";
import { activityView } from "../views/activity.ts";
import { contestsView, contestView } from "../views/contests.ts";
import { entriesView, entryView } from "../views/entries.ts";
import { historyView } from "../views/history.ts";
import type { ManifestReader } from "../views/manifests.ts";
import { nodesView } from "../views/nodes.ts";
import { rankingView } from "../views/ranking.ts";
import { snapshotProofView, snapshotView } from "../views/snapshot.ts";
import { votersView } from "../views/voterList.ts";
import { voterView } from "../views/voters.ts";

/** Routes that are about the process, not about its rows. */
type AboutProcess = "health" | "ready" | "metrics" | "openapi" | "events";
/** Lists in an answer need not be ours to change. */
type Written<T> = { readonly [K in keyof T]: T[K] extends (infer I)[] ? readonly I[] : T[K] };

/** Answers to checked questions, from rows that are all of one moment. */
export type Answers = {
  readonly [N in Exclude<EndpointName, AboutProcess>]: (
    rows: Rows,
    params: z.output<Endpoints[N]["params"]>,
    query: z.output<Endpoints[N]["query"]>,
  ) => Promise<Written<z.input<Endpoints[N]["answer"]>>>;
};

/** Everything that the API answers from the database, by the names in routes.ts. */
export function createAnswers(manifestOf: ManifestReader): Answers {
  return {
    contests: (rows) => contestsView(rows),
    contest: (rows, { contest }) => contestView(rows, contest),
    entries: (rows, { contest }, query) => entriesView(rows, manifestOf, contest, query),
    entry: (rows, { contest, id }) => entryView(rows, manifestOf, contest, id),
    ranking: (rows, { contest }, { block }) => rankingView(rows, manifestOf, contest, block),
    history: (rows, { contest }, { buckets }) => historyView(rows, contest, buckets),
    voters: (rows, { contest }, query) => votersView(rows, contest, query),
    voter: (rows, { contest, wallet }) => voterView(rows, contest, wallet),
    activity: (rows, { contest }, query) => activityView(rows, contest, query),
    snapshot: (rows, { contest }, { block }) => snapshotView(rows, contest, block),
    snapshotProof: (rows, { contest, id }, { block }) => snapshotProofView(rows, contest, id, block),
    nodes: (rows, _, query) => nodesView(rows, query),
  };
}
