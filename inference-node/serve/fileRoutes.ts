import { basename, dirname } from "node:path";
import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import { canonicalBytes } from "#protocol/canonicalJson.ts";
import { bareHex } from "#protocol/hashing.ts";
import { ApiError } from "./apiError.ts";
import type { HostedEntry } from "./hostedEntry.ts";
import { createPace } from "./pace.ts";

type ByHash = { Params: { sha256: string } };

/** How models are handed out to others; null where the operator does not. */
export type ModelServing = { readonly bytesPerSecond: number } | null;

/** Downloads of models at a time. */
const mostDownloads = 8;
/** Seconds. */
const retryAfter = 30;

/** Manifests and models by their hash, for other nodes, indexers and auditors. What a hash names never changes. */
export function addFileRoutes(
  app: FastifyInstance,
  entries: () => readonly HostedEntry[],
  serving: ModelServing,
): void {
  app.get<ByHash>("/manifests/:sha256", (request, reply) => {
    const { sha256 } = request.params;
    const entry = entries().find(({ facts }) => bareHex(facts.manifestHash) === sha256);
    if (entry === undefined)
      throw new ApiError(404, "No manifest with this SHA-256 is kept here.", { code: "not_found" });
    return reply
      .type("application/json; charset=utf-8")
      .header("Cache-Control", "public, max-age=31536000, immutable")
      .header("ETag", `"${sha256}"`)
      .send(Buffer.from(canonicalBytes(entry.manifest)));
  });

  if (serving === null) {
    app.get("/models/:sha256", () => {
      throw new ApiError(404, "This node does not hand out its models.", { code: "not_served" });
    });
    return;
  }
  const pace = createPace(serving.bytesPerSecond);
  let downloads = 0;
  app.get<ByHash>(
    "/models/:sha256",
    {
      onSend: async (_request, _reply, payload) =>
        payload instanceof Readable ? Readable.from(pace(payload), { objectMode: false }) : payload,
    },
    async (request, reply) => {
      const { sha256 } = request.params;
      const entry = entries().find(({ facts }) => bareHex(facts.modelSha256) === sha256);
      if (downloads >= mostDownloads)
        throw new ApiError(503, "Too many models are fetched from this node now.", { retryAfter });
      downloads += 1;
      reply.raw.once("close", () => {
        downloads -= 1;
      });
      const intact = await entry?.check().catch(() => undefined);
      if (entry === undefined || intact === undefined)
        throw new ApiError(404, "No model with this SHA-256 is kept here.", { code: "not_found" });
      return reply.type("application/octet-stream").sendFile(basename(entry.modelPath), dirname(entry.modelPath), {
        maxAge: "1y",
        immutable: true,
        dotfiles: "allow",
      });
    },
  );
}
