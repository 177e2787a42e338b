import { basename, dirname } from "node:path";
import type { FastifyInstance } from "fastify";
import { canonicalBytes } from "#protocol/canonicalJson.ts";
import { bareHex } from "#protocol/hashing.ts";
import { ApiError } from "./apiError.ts";
import type { HostedEntry } from "./hostedEntry.ts";

type ByHash = { Params: { sha256: string } };

/** Manifests and models by their hash, for other nodes, indexers and auditors. What a hash names never changes. */
export function addFileRoutes(app: FastifyInstance, entries: () => readonly HostedEntry[]): void {
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

  app.get<ByHash>("/models/:sha256", async (request, reply) => {
    const { sha256 } = request.params;
    const entry = entries().find(({ facts }) => bareHex(facts.modelSha256) === sha256);
    const intact = await entry?.check().catch(() => undefined);
    if (entry === undefined || intact === undefined)
      throw new ApiError(404, "No model with this SHA-256 is kept here.", { code: "not_found" });
    return reply.type("application/octet-stream").sendFile(basename(entry.modelPath), dirname(entry.modelPath), {
      maxAge: "1y",
      immutable: true,
      dotfiles: "allow",
    });
  });
}
