import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { bareHex } from "#protocol/hashing.ts";
import { parseBody } from "./chatRequest.ts";
import type { HostedEntry } from "./hostedEntry.ts";
import { findEntry, idOf } from "./hostedEntry.ts";

export const showSchema = z
  .object({ model: z.string().max(256).optional(), name: z.string().max(256).optional() })
  .transform(({ model, name }) => model ?? name ?? "")
  .refine((model) => model !== "", { error: "name a model", path: ["model"] });

/** The API whose clients are served here, as they compare versions. */
const version = "0.12.0";

/** Ollama's `/api/version`, `/api/tags`, `/api/ps` and `/api/show`. */
export function addOllamaModels(app: FastifyInstance, entries: () => readonly HostedEntry[]): void {
  app.get("/api/version", () => ({ version }));

  app.get("/api/tags", () => ({ models: entries().map((entry) => tagOf(entry, entries())) }));

  app.get("/api/ps", () => ({
    models: entries()
      .filter(({ runner }) => runner.state() === "ready")
      .map((entry) => ({
        ...tagOf(entry, entries()),
        // A model stays loaded until the node stops or its memory is needed.
        expires_at: "9999-12-31T23:59:59Z",
        size_vram: entry.engine.variant.startsWith("cpu") ? 0 : entry.facts.modelSize,
        context_length: entry.engine.contextSize,
      })),
  }));

  app.post("/api/show", (http) => {
    const entry = findEntry(entries(), parseBody(showSchema, http.body));
    const { manifest, header } = entry;
    const { wrapper } = manifest;
    const parameters = {
      temperature: wrapper.sampling.temperature,
      top_p: wrapper.sampling.topP,
      top_k: wrapper.sampling.topK,
      min_p: wrapper.sampling.minP,
      repeat_penalty: wrapper.sampling.repeatPenalty,
      num_predict: wrapper.sampling.maxTokens,
      num_ctx: entry.engine.contextSize,
    };
    return {
      license: manifest.license,
      parameters: [
        ...Object.entries(parameters).flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`])),
        ...(wrapper.sampling.stop ?? []).map((text) => `stop ${JSON.stringify(text)}`),
      ].join("\n"),
      template: "",
      system: wrapper.systemPrompt,
      messages: wrapper.fewShot,
      details: detailsOf(entry),
      model_info: {
        "general.architecture": header.architecture,
        "general.parameter_count": Number(header.parameters),
        [`${header.architecture}.context_length`]: header.contextLength,
        [`${header.architecture}.block_count`]: header.blockCount,
        [`${header.architecture}.embedding_length`]: header.embeddingLength,
      },
      capabilities: ["completion", "embedding"],
      modified_at: modifiedAt(entry),
    };
  });
}

function tagOf(entry: HostedEntry, all: readonly HostedEntry[]) {
  const { name } = entry.manifest;
  const shared = all.filter(({ manifest }) => manifest.name.toLowerCase() === name.toLowerCase()).length > 1;
  return {
    name: shared ? idOf(entry) : name,
    model: idOf(entry),
    modified_at: modifiedAt(entry),
    size: entry.facts.modelSize,
    // As with Ollama, of the manifest and not of the file.
    digest: bareHex(entry.facts.manifestHash),
    details: detailsOf(entry),
  };
}

function detailsOf({ manifest, header }: HostedEntry) {
  return {
    parent_model: manifest.baseModel?.name ?? "",
    format: "gguf",
    family: header.architecture,
    families: [header.architecture],
    parameter_size: shortCount(Number(header.parameters)),
    quantization_level: header.quantization ?? manifest.quantization,
  };
}

function modifiedAt({ hostedAt }: HostedEntry): string {
  return new Date(hostedAt * 1000).toISOString();
}

/** 1234567 as 1.2M. */
function shortCount(count: number): string {
  const [unit, letter] = count >= 1e9 ? [1e9, "B"] : count >= 1e6 ? [1e6, "M"] : [1e3, "K"];
  return `${(count / Number(unit)).toFixed(1)}${letter}`;
}
