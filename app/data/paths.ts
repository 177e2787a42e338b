/** The indexer's paths, as `#protocol/http.ts` lists them; a test compares. Repeated here to keep schemas out of the first chunk. */
export const paths = {
  ready: "/ready",
  contests: "/v1/contests",
  contest: "/v1/contests/:contest",
  entries: "/v1/contests/:contest/entries",
  ranking: "/v1/contests/:contest/ranking",
  history: "/v1/contests/:contest/history",
  voter: "/v1/contests/:contest/voters/:wallet",
  activity: "/v1/contests/:contest/activity",
  nodes: "/v1/nodes",
  events: "/v1/events",
} as const;
