import { join } from "node:path";
import type { NodeConfig } from "../cli/nodeConfig.ts";
import { settingFor } from "../engine/engineSettings.ts";
import { planMemory } from "../engine/memoryPlan.ts";
import type { EntryFacts } from "../models/entryFacts.ts";
import { findManifest } from "../models/findManifest.ts";
import { checkGgufHeader } from "../models/ggufHeader.ts";
import { seemsAt } from "../models/modelStore.ts";
import { neededFiles } from "../serve/neededFiles.ts";
import { holderOf, planEntry } from "../serve/planEntry.ts";

type Surveyed = Pick<
  NodeConfig,
  "store" | "models" | "manifests" | "allowPrivate" | "engines" | "batchSize" | "parallel"
>;

/** Memory that an entry takes as it is served. `isWhole`: false where its model is not here, so that it is more. */
export type Need = { readonly bytes: number; readonly isWhole: boolean };

export type Survey = {
  readonly needs: readonly Need[];
  /** Bytes of all files that have to be fetched: models, adapters, knowledge. */
  readonly missing: number;
};

const unknownShape = { cacheElements: 0, embeddingLength: 0, headCount: 0, contextLength: 0, vocabulary: 0, merges: 0 };
const manifestMs = 15_000;

/**
 * Plans what entries need, with the plan that serving goes by. Files count as here by name and size: none is read whole.
 * An entry whose manifest cannot be had is weighed by what the chain says.
 */
export async function surveyModels(config: Surveyed, entries: readonly EntryFacts[]): Promise<Survey> {
  const needs: Need[] = [];
  const missing = new Map<string, number>();
  for (const facts of entries) {
    const folders = [...config.manifests, join(config.store, "manifests")];
    const sources = { folders, allowPrivate: config.allowPrivate };
    const signal = AbortSignal.timeout(manifestMs);
    const manifest = await findManifest(facts, { ...sources, signal }).catch(() => null);
    const files = neededFiles(facts, manifest);
    const at = new Map<string, string>();
    for (const file of files.all) {
      const path = await seemsAt(file, { folder: config.store, ownFolders: config.models });
      if (path === null) missing.set(file.sha256, file.size);
      else at.set(file.sha256, path);
    }
    const headerOf = async (sha256: string, chats: boolean) => {
      const path = at.get(sha256);
      return path === undefined ? null : await checkGgufHeader(path, { chats }).catch(() => null);
    };
    const header = await headerOf(files.model.sha256, true);
    const embedded = files.embedding && (await headerOf(files.embedding.sha256, false));
    const setting = settingFor(config.engines, facts);
    const { batchSize, parallel } = config;
    const adapterBytes = files.adapters.reduce((sum, { size }) => sum + size, 0);
    const isWhole = header !== null && manifest !== null && (files.embedding === null || embedded !== null);
    if (isWhole) {
      const embedding = files.embedding && {
        path: at.get(files.embedding.sha256) ?? "",
        bytes: files.embedding.size,
      };
      const contextSize = Math.min(manifest.contextLength, header.contextLength);
      const extras = { adapterBytes, embedding };
      const { load } = await planEntry({ ...facts, header, extras, setting, contextSize, batchSize, parallel });
      needs.push({ bytes: load.total, isWhole });
    } else {
      const holder = holderOf(setting);
      const weights = { fileBytes: files.model.size, adapterBytes: adapterBytes + (files.embedding?.size ?? 0) };
      const sizes = { contextSize: 0, batchSize, sequences: parallel };
      const least = planMemory({ shape: header ?? unknownShape, embedding: null, holder, ...weights, ...sizes });
      needs.push({ bytes: least.total, isWhole });
    }
  }
  return { needs, missing: [...missing.values()].reduce((sum, bytes) => sum + bytes, 0) };
}
