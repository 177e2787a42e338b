import type { Manifest } from "#protocol/manifest.ts";
import type { Engine } from "#protocol/node.ts";
import { modelId } from "#protocol/node.ts";
import type { Meter } from "../engine/meter.ts";
import type { ModelRunner } from "../engine/modelRunner.ts";
import type { EntryFacts } from "../models/entryFacts.ts";
import type { GgufFacts } from "../models/ggufHeader.ts";
import { ApiError } from "./apiError.ts";

/** An entry that this node serves: its model file was verified against the chain. */
export type HostedEntry = {
  readonly facts: EntryFacts;
  readonly manifest: Manifest;
  readonly modelPath: string;
  /** What the model file says of itself. */
  readonly header: GgufFacts;
  /** Makes sure that the model file still is the entry's. When it throws, the entry is served no longer. */
  readonly check: () => Promise<() => Promise<boolean>>;
  readonly engine: Engine;
  readonly runner: ModelRunner;
  readonly meter: Meter;
  /** Seconds since 1970. */
  readonly hostedAt: number;
};

export function idOf({ facts }: HostedEntry): string {
  return modelId(facts.contest, facts.entryId);
}

/**
 * Finds the entry that a caller means: by `<contest>/<entryId>`, or by the entry's name where only one has it.
 *
 * Throws `ApiError` 404, or 400 when a name is shared.
 */
export function findEntry(entries: readonly HostedEntry[], model: string): HostedEntry {
  // Ollama's clients add its default tag.
  const wanted = model.toLowerCase().replace(/:latest$/, "");
  const byId = entries.find((entry) => idOf(entry) === wanted);
  if (byId !== undefined) return byId;
  const [found, another] = entries.filter(({ manifest }) => manifest.name.toLowerCase() === wanted);
  if (found === undefined) {
    throw new ApiError(404, `The model "${model}" is not served here. GET /v1/models lists what is.`, {
      param: "model",
      code: "model_not_found",
    });
  }
  if (another !== undefined) {
    throw new ApiError(
      400,
      `More than one entry is called "${model}". Name it by its id: ${idOf(found)} or ${idOf(another)}.`,
      {
        param: "model",
        code: "model_ambiguous",
      },
    );
  }
  return found;
}
