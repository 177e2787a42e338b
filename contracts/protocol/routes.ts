/**
 * The indexer's routes; the shapes of their answers are in http.ts. `:contest` is an address, `:id` an entry id,
 * `:wallet` an address. In a file without schemas, so that the page's first script need not carry those.
 */
export const routes = {
  health: "/health",
  ready: "/ready",
  openapi: "/openapi.json",
  /** contestsAnswer */
  contests: "/v1/contests",
  /** contestAnswer */
  contest: "/v1/contests/:contest",
  /** entriesAnswer; query: `search`, `category` */
  entries: "/v1/contests/:contest/entries",
  /** entryAnswer */
  entry: "/v1/contests/:contest/entries/:id",
  /** rankingAnswer: every entry, ranked ones first; query: `block` for how it was after that one */
  ranking: "/v1/contests/:contest/ranking",
  /** historyAnswer; query: `buckets` (2 to 500, default 60) */
  history: "/v1/contests/:contest/history",
  /** votersAnswer; query: `limit` (1 to 500, default 100), `after`, `entry` */
  voters: "/v1/contests/:contest/voters",
  /** voterAnswer */
  voter: "/v1/contests/:contest/voters/:wallet",
  /** activityAnswer; query: `limit` (1 to 200, default 50), `before`, `entry`, `account` */
  activity: "/v1/contests/:contest/activity",
  /** snapshotAnswer: every entry at a finalised block, with the Merkle root; query: `block` */
  snapshot: "/v1/contests/:contest/snapshot",
  /** snapshotProofAnswer; query: `block` */
  snapshotProof: "/v1/contests/:contest/snapshot/:id",
  /** nodesAnswer; query: `contest`, `entry` to keep only nodes that attested it */
  nodes: "/v1/nodes",
  /** server-sent events of streamMessageSchema; query: `contest` */
  events: "/v1/events",
} as const;
