import { longestText } from "../engine/contextMemory.ts";
import type { EngineSetting } from "../engine/engineSettings.ts";
import type { MemoryPlan, PlannedModel } from "../engine/memoryPlan.ts";
import { planMemory, planVectors } from "../engine/memoryPlan.ts";
import type { GgufFacts } from "../models/ggufHeader.ts";
import { checkGgufHeader } from "../models/ggufHeader.ts";
import type { Extras } from "./findExtras.ts";

/** What an entry's process takes once loaded, and what more when it first makes vectors. */
export type EntryMemory = { readonly load: MemoryPlan; readonly vectors: MemoryPlan };

/**
 * Plans the memory of an entry as it is served. Throws `BadModelFileError` when the header of its embedding model is
 * not one that should be loaded.
 */
export async function planEntry(entry: {
  readonly modelSize: number;
  readonly header: GgufFacts;
  readonly extras: Pick<Extras, "adapterBytes" | "embedding">;
  readonly setting: EngineSetting | null;
  readonly contextSize: number;
  readonly batchSize: number;
  readonly parallel: number;
}): Promise<EntryMemory> {
  const { header, extras, contextSize } = entry;
  const { embedding } = extras;
  const load = planMemory({
    shape: header,
    fileBytes: entry.modelSize,
    adapterBytes: extras.adapterBytes,
    embedding: embedding && {
      fileBytes: embedding.bytes,
      shape: await checkGgufHeader(embedding.path, { chats: false }),
    },
    holder: holderOf(entry.setting),
    contextSize,
    batchSize: entry.batchSize,
    sequences: entry.parallel,
  });
  return { load, vectors: planVectors(header, Math.min(contextSize, longestText.asked)) };
}

/** Another machine's engine holds the model; here only its tokenizer is read. */
export function holderOf(setting: EngineSetting | null): PlannedModel["holder"] {
  if (setting === null) return "process";
  return setting.api === "own-llama-server" ? setting.api : "elsewhere";
}
