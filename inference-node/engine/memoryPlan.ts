import type { GgufFacts } from "../models/ggufHeader.ts";
import { bufferBytes, cacheBytes, longestText } from "./contextMemory.ts";

/** What loading a model will take, in bytes, as far as its header tells. */
export type MemoryPlan = {
  readonly weights: number;
  /** Keys and values of a full context. */
  readonly cache: number;
  /** What llama.cpp computes in, and the scores of all tokens that it gives out. */
  readonly buffers: number;
  /** The processes themselves, their tokenizers and what loading needs for a while. */
  readonly process: number;
  readonly total: number;
};

export type ModelShape = Pick<
  GgufFacts,
  "cacheElements" | "embeddingLength" | "headCount" | "contextLength" | "vocabulary" | "merges"
>;

export type PlannedModel = {
  readonly shape: ModelShape;
  readonly fileBytes: number;
  /** Of its adapters together. */
  readonly adapterBytes: number;
  /** The model that finds its knowledge by meaning. */
  readonly embedding: { readonly shape: ModelShape; readonly fileBytes: number } | null;
  /** Who holds the weights: the model's own process, a llama-server beside it, or another machine. */
  readonly holder: "process" | "own-llama-server" | "elsewhere";
  readonly contextSize: number;
  readonly batchSize: number;
  /** Answers that may be under way at a time. */
  readonly sequences: number;
};

/**
 * What a process takes beside its model. Measured with 1 MiB models on Linux x86-64, Node 24 and llama.cpp's CPU build:
 * 148 MiB resident once loaded (64 of them code, mapped from files), 151 after an answer; the rest is room to spare.
 */
const bareProcess = 192 * 2 ** 20;
/** A llama-server and the process that ends it with the node: 64 MiB each; the second was measured. */
const serverProcesses = 128 * 2 ** 20;
/** Measured with 128,000 tokens: 1.1 KiB each, as llama.cpp and its binding hold them; 0.66 KiB a merge. */
const tokenBytes = 1_152;
const mergeBytes = 704;

/** Estimates what a model needs before it is loaded. Weights are read, not mapped, so they count in full. */
export function planMemory(model: PlannedModel): MemoryPlan {
  const { shape, embedding, holder, sequences, batchSize } = model;
  const parts = { weights: 0, cache: 0, buffers: 0, process: bareProcess + tokenizerBytes(shape) };
  if (holder !== "elsewhere") {
    const context = { contextSize: model.contextSize, batchSize, sequences };
    parts.weights += model.fileBytes + model.adapterBytes;
    parts.cache += cacheBytes(shape, context);
    // A llama-server reserves the scores of as many tokens as there are answers, the binding those of a whole batch.
    const scored = holder === "process" ? batchSize : sequences;
    parts.buffers += bufferBytes(shape, { ...context, scored, kept: sequences });
  }
  if (holder === "own-llama-server") parts.process += serverProcesses + tokenizerBytes(shape);
  if (embedding !== null) {
    const vectors = planVectors(embedding.shape, Math.min(longestText.known, embedding.shape.contextLength));
    parts.weights += embedding.fileBytes;
    parts.cache += vectors.cache;
    parts.buffers += vectors.buffers;
    parts.process += tokenizerBytes(embedding.shape);
  }
  return { ...parts, total: parts.weights + parts.cache + parts.buffers + parts.process };
}

/**
 * What a context takes that makes vectors of texts up to `tokens` long. A text is one batch, and llama.cpp scores all
 * of it and keeps that, though nobody asks: 8 bytes for each token of it and each of the vocabulary.
 */
export function planVectors(shape: ModelShape, tokens: number): MemoryPlan {
  const context = { contextSize: tokens, batchSize: tokens, sequences: 1 };
  const cache = cacheBytes(shape, context);
  const buffers = bufferBytes(shape, { ...context, scored: tokens, kept: tokens });
  return { weights: 0, cache, buffers, process: 0, total: cache + buffers };
}

function tokenizerBytes({ vocabulary, merges }: ModelShape): number {
  return vocabulary * tokenBytes + merges * mergeBytes;
}
