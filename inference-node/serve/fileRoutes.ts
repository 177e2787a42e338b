import { basename, dirname } from "node:path";
import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import { canonicalBytes } from "#protocol/canonicalJson.ts";
import { bareHex } from "#protocol/hashing.ts";
import { ApiError } from "./apiError.ts";
import { callerOf } from "./caller.ts";
import type { HostedEntry } from "./hostedEntry.ts";
import { createPace } from "./pace.ts";

type ByHash = { Params: { sha256: string } };

/** How models are handed out to others; null where the operator does not. */
export type ModelServing = {
  readonly bytesPerSecond: number;
  /** Milliseconds after which a reader that takes nothing is cut off; 30 s where absent. */
  readonly stallMs?: number;
} | null;

/** Downloads of models at a time. */
const mostDownloads = 8;
/** Of them, those of one network. */
const mostOfOneNetwork = 2;
const usualStallMs = 30_000;
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
  /** The network of each download under way. */
  const downloads: string[] = [];
  app.get<ByHash>(
    "/models/:sha256",
    {
      onSend: async (_request, _reply, payload) =>
        payload instanceof Readable ? Readable.from(pace(payload), { objectMode: false }) : payload,
    },
    async (request, reply) => {
      const { sha256 } = request.params;
      const entry = entries().find(({ facts }) => bareHex(facts.modelSha256) === sha256);
      const { network } = callerOf(request);
      if (downloads.length >= mostDownloads)
        throw new ApiError(503, "Too many models are fetched from this node now.", { retryAfter });
      if (downloads.filter((other) => other === network).length >= mostOfOneNetwork)
        throw new ApiError(503, `You fetch ${mostOfOneNetwork} models from this node already.`, { retryAfter });
      downloads.push(network);
      reply.raw.once("close", () => downloads.splice(downloads.indexOf(network), 1));
      const intact = await entry?.check().catch(() => undefined);
      if (entry === undefined || intact === undefined)
        throw new ApiError(404, "No model with this SHA-256 is kept here.", { code: "not_found" });
      // Without bytes on their way it is the pace that waits, not the reader.
      reply.raw.setTimeout(serving.stallMs ?? usualStallMs, () => {
        if (reply.raw.writableLength > 0) reply.raw.destroy();
      });
      return reply.type("application/octet-stream").sendFile(basename(entry.modelPath), dirname(entry.modelPath), {
        maxAge: "1y",
        immutable: true,
        dotfiles: "allow",
      });
    },
  );
}
