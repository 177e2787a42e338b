import type { FastifyInstance } from "fastify";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { routes } from "#protocol/routes.ts";
import type { Notices } from "../chain/notices.ts";

/** What the indexer knows of itself at the moment of a scrape. */
export type Vitals = {
  /** Newest block of the chain and newest block indexed; null where there is none. */
  readonly head: number | null;
  readonly indexed: number | null;
  readonly finalized: number | null;
  readonly notices: Readonly<Notices>;
  readonly listeners: number;
};

/** Answers `GET /metrics` in Prometheus' format and times every request by its route. */
export function addMetrics(app: FastifyInstance, vitals: () => Promise<Vitals>): void {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const gauges: readonly (readonly [name: string, help: string, value: (now: Vitals) => number | null])[] = [
    ["coindrop_indexer_head_block", "Newest block of the chain.", ({ head }) => head],
    ["coindrop_indexer_indexed_block", "Newest block indexed.", ({ indexed }) => indexed],
    ["coindrop_indexer_finalized_block", "Newest block that cannot be taken back.", ({ finalized }) => finalized],
    [
      "coindrop_indexer_lag_blocks",
      "Blocks of the chain that are not indexed yet.",
      ({ head, indexed }) => (head === null || indexed === null ? null : Math.max(0, head - indexed)),
    ],
    ["coindrop_indexer_stream_listeners", "Open event streams.", ({ listeners }) => listeners],
  ];
  const told = gauges.map(([name, help, value]) => ({ gauge: new Gauge({ name, help, registers }), value }));
  const kinds = new Counter({
    name: "coindrop_indexer_notices_total",
    help: "What was noticed of the chain and its endpoints since the start: reorgs, errors, logs left out, and so on.",
    labelNames: ["kind"],
    registers,
  });
  const seconds = new Histogram({
    name: "coindrop_indexer_request_seconds",
    help: "How long answers took.",
    labelNames: ["route", "status"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5],
    registers,
  });
  app.addHook("onResponse", async (request, reply) => {
    // A route's pattern, never its parameters: strangers must not be able to make up series.
    const route = request.routeOptions.url ?? "none";
    seconds.observe({ route, status: reply.statusCode }, reply.elapsedTime / 1_000);
  });
  app.get(routes.metrics, async (_, reply) => {
    // Looked at once, so that a scrape tells of one moment.
    const now = await vitals();
    for (const { gauge, value } of told) set(gauge, value(now));
    kinds.reset();
    for (const [kind, times] of Object.entries(now.notices)) kinds.inc({ kind }, times);
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}

function set(gauge: Gauge, value: number | null): void {
  if (value === null) gauge.reset();
  else gauge.set(value);
}
