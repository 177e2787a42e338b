import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { WireReceipt } from "#protocol/node.ts";
import type { RunnerState } from "../engine/modelRunner.ts";
import type { Admission } from "./admission.ts";
import type { HostedEntry } from "./hostedEntry.ts";
import { idOf } from "./hostedEntry.ts";

export type Metrics = {
  readonly answered: (
    entry: HostedEntry,
    receipt: Pick<WireReceipt, "promptTokens" | "outputTokens" | "firstTokenMs" | "totalMs">,
  ) => void;
  /** `route`: as it was declared, so that nobody's input becomes a label. `seconds`: until the answer was sent. */
  readonly requested: (route: string, status: number, seconds: number) => void;
  readonly contentType: string;
  /** Everything in Prometheus' text format. */
  readonly text: () => Promise<string>;
};

/** Every state, so that one without a model shows as 0. */
const states: Readonly<Record<RunnerState, true>> = {
  asleep: true,
  loading: true,
  ready: true,
  failed: true,
  quarantined: true,
  closed: true,
};
const seconds = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** Counts what a node does. The names that start with `llamacpp:` are those of llama-server. */
export function createMetrics(options: {
  readonly entries: () => readonly HostedEntry[];
  readonly admission: Pick<Admission, "queueOf">;
}): Metrics {
  const { entries, admission } = options;
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const requests = new Counter({
    name: "coindrop_requests_total",
    help: "HTTP requests by route and status",
    labelNames: ["route", "status"],
    registers,
  });
  const requestSeconds = new Histogram({
    name: "coindrop_request_seconds",
    help: "Seconds from a request to the end of its answer",
    labelNames: ["route"],
    buckets: seconds,
    registers,
  });
  const tokens = new Counter({
    name: "coindrop_tokens_total",
    help: "Tokens read and written",
    labelNames: ["entry", "kind"],
    registers,
  });
  const firstToken = new Histogram({
    name: "coindrop_first_token_seconds",
    help: "Seconds from a request to the first text of its answer",
    labelNames: ["entry"],
    buckets: seconds,
    registers,
  });
  const answer = new Histogram({
    name: "coindrop_answer_seconds",
    help: "Seconds from a request to the end of its text",
    labelNames: ["entry"],
    buckets: seconds,
    registers,
  });
  const promptTotal = new Counter({ name: "llamacpp:prompt_tokens_total", help: "Prompt tokens read", registers });
  const outputTotal = new Counter({ name: "llamacpp:tokens_predicted_total", help: "Tokens written", registers });

  const queues = () => entries().map((entry) => ({ id: idOf(entry), queue: admission.queueOf(entry) }));
  const sumOf = (what: "running" | "waiting") => queues().reduce((sum, { queue }) => sum + queue[what](), 0);
  new Gauge({
    name: "coindrop_requests",
    help: "Requests that are answered now, or wait",
    labelNames: ["entry", "state"],
    registers,
    collect() {
      this.reset();
      for (const { id, queue } of queues()) {
        this.set({ entry: id, state: "running" }, queue.running());
        this.set({ entry: id, state: "waiting" }, queue.waiting());
      }
    },
  });
  new Gauge({
    name: "coindrop_models",
    help: "Models by state",
    labelNames: ["state"],
    registers,
    collect() {
      for (const state of Object.keys(states)) {
        this.set({ state }, entries().filter(({ runner }) => runner.state() === state).length);
      }
    },
  });
  new Gauge({
    name: "llamacpp:requests_processing",
    help: "Requests that are answered now",
    registers,
    collect() {
      this.set(sumOf("running"));
    },
  });
  new Gauge({
    name: "llamacpp:requests_deferred",
    help: "Requests that wait",
    registers,
    collect() {
      this.set(sumOf("waiting"));
    },
  });

  return {
    answered(entry, receipt) {
      const id = idOf(entry);
      tokens.inc({ entry: id, kind: "prompt" }, receipt.promptTokens);
      tokens.inc({ entry: id, kind: "output" }, receipt.outputTokens);
      promptTotal.inc(receipt.promptTokens);
      outputTotal.inc(receipt.outputTokens);
      firstToken.observe({ entry: id }, receipt.firstTokenMs / 1000);
      answer.observe({ entry: id }, receipt.totalMs / 1000);
    },
    requested(route, status, took) {
      requests.inc({ route, status });
      requestSeconds.observe({ route }, took);
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}
