/**
 * The indexer's routes; what they take and answer is in endpoints.ts. `:contest` is an address, `:id` an entry id,
 * `:wallet` an address. In a file without schemas, so that the page's first script need not carry those.
 */
export const routes = {
  health: "/health",
  ready: "/ready",
  /** text for Prometheus */
  metrics: "/metrics",
  openapi: "/openapi.json",
  contests: "/v1/contests",
  contest: "/v1/contests/:contest",
  entries: "/v1/contests/:contest/entries",
  entry: "/v1/contests/:contest/entries/:id",
  /** every entry, ranked ones first; now, or after a `block` */
  ranking: "/v1/contests/:contest/ranking",
  history: "/v1/contests/:contest/history",
  voters: "/v1/contests/:contest/voters",
  voter: "/v1/contests/:contest/voters/:wallet",
  activity: "/v1/contests/:contest/activity",
  /** every entry at a finalised block, with the Merkle root */
  snapshot: "/v1/contests/:contest/snapshot",
  snapshotProof: "/v1/contests/:contest/snapshot/:id",
  nodes: "/v1/nodes",
  /** server-sent events */
  events: "/v1/events",
} as const;
