import type { ModelShape } from "./memoryPlan.ts";

type Context = {
  /** Tokens of one sequence. */
  readonly contextSize: number;
  readonly batchSize: number;
  readonly sequences: number;
};

/** The longest text that vectors are made of, in tokens: it is read in one batch, whose buffers grow with it. */
export const longestText = { asked: 2_048, known: 512 };

/** Bytes of keys and values of a full context; they are f16. */
export function cacheBytes({ cacheElements }: ModelShape, { contextSize, sequences }: Context): number {
  return cacheElements * 2 * contextSize * sequences;
}

/**
 * Bytes that llama.cpp reserves to compute a batch in, and those of the scores that it gives out.
 *
 * All f32. Without flash attention each head weighs each token of the batch against the whole context, beside a mask of
 * that size; later, in the same memory, each scored token gets a number for each of the vocabulary. What lies between is
 * taken as sixteen rows of the model's width for each token. Held against llama.cpp's own figures in
 * test/integration/node/memoryPlan.test.ts. `scored`: tokens of a batch that may be scored; `kept`: whose scores are
 * given out.
 */
export function bufferBytes(
  { embeddingLength, headCount, vocabulary }: ModelShape,
  context: Context & { readonly scored: number; readonly kept: number },
): number {
  const batch = Math.min(context.batchSize, context.contextSize * context.sequences);
  const attention = (headCount + 1) * context.contextSize * batch;
  const scores = vocabulary * Math.min(context.scored, batch);
  return 4 * (Math.max(attention, scores) + 16 * embeddingLength * batch + vocabulary * context.kept);
}
