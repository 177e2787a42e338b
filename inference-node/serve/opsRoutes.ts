import { basename } from "node:path";
import type { FastifyInstance } from "fastify";
import type { Answering } from "./answerChat.ts";
import { ApiError } from "./apiError.ts";
import { judgeHealth } from "./health.ts";
import type { HostedEntry } from "./hostedEntry.ts";
import { findEntry, idOf } from "./hostedEntry.ts";
import type { NodeView } from "./infoRoutes.ts";

type ByModel = { Querystring: { model?: string | string[] } };

/** What operators' tools ask: `/health`, `/metrics`, and llama-server's `/props` and `/slots`. */
export function addOpsRoutes(app: FastifyInstance, { admission, limits, metrics }: Answering, view: NodeView): void {
  app.get("/health", (_request, reply) => {
    const { state, serving, reasons } = judgeHealth(view.readiness(), admission.draining());
    if (serving) return { status: "ok", state, reasons };
    const message = state === "loading" ? "Loading model" : (reasons[0] ?? state);
    return reply
      .code(503)
      .header("Retry-After", 5)
      .send({
        status: message.toLowerCase(),
        state,
        reasons,
        error: { code: 503, message, type: "unavailable_error" },
      });
  });

  app.get("/metrics", async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));

  app.get<ByModel>("/props", ({ query }) => {
    const entry = named(view.entries(), query.model);
    const { manifest, engine, modelPath } = entry;
    const {
      temperature = 1,
      topP = 1,
      topK = 0,
      minP = 0,
      repeatPenalty = 1,
      maxTokens,
      stop,
    } = manifest.wrapper.sampling;
    return {
      default_generation_settings: {
        n_ctx: engine.contextSize,
        params: {
          temperature,
          top_p: topP,
          top_k: topK,
          min_p: minP,
          repeat_penalty: repeatPenalty,
          n_predict: maxTokens ?? Math.min(engine.contextSize, limits.maxOutputTokens),
          stop: stop ?? [],
        },
      },
      total_slots: admission.queueOf(entry).slots,
      model_alias: idOf(entry),
      model_path: basename(modelPath),
      modalities: { vision: false, audio: false },
      build_info: `${engine.llamaCpp} ${engine.variant}`,
    };
  });

  app.get<ByModel>("/slots", ({ query }) => {
    const entries = query.model === undefined ? view.entries() : [named(view.entries(), query.model)];
    const slots = entries.flatMap((entry) => {
      const queue = admission.queueOf(entry);
      return Array.from({ length: queue.slots }, (_, place) => ({
        model: idOf(entry),
        n_ctx: entry.engine.contextSize,
        is_processing: place < queue.running(),
        waiting: queue.waiting(),
      }));
    });
    return slots.map((slot, id) => ({ id, ...slot }));
  });
}

function named(entries: readonly HostedEntry[], model: string | string[] | undefined): HostedEntry {
  if (model !== undefined) return findEntry(entries, [model].flat().join(","));
  const [first] = entries;
  if (first === undefined) throw new ApiError(503, "No model is served yet.", { code: "loading", retryAfter: 5 });
  return first;
}
