/** What loading a model will take, in bytes, as far as its header tells. */
export type MemoryPlan = {
  readonly weights: number;
  /** Keys and values of a full context. */
  readonly cache: number;
  /** The process itself, llama.cpp's buffers and what loading needs for a while. */
  readonly process: number;
  readonly total: number;
};

/**
 * What a process takes beside its model. Measured with 1 MiB models on Linux x86-64, Node 24 and llama.cpp's CPU build:
 * 148 MiB resident once loaded (64 of them code, mapped from files), 151 after an answer; the rest is room to spare.
 */
const bareProcess = 192 * 2 ** 20;

/**
 * Estimates what a model needs before it is loaded. `cacheElements`: of one token in all blocks; they are f16.
 *
 * Weights are read, not mapped, so they count in full. Buffers for a batch grow with its size and the model's width:
 * taken as sixteen f32 rows of that width for each token in it.
 */
export function planMemory(model: {
  readonly fileBytes: number;
  readonly cacheElements: number;
  readonly width: number;
  readonly contextSize: number;
  readonly batchSize: number;
}): MemoryPlan {
  const weights = model.fileBytes;
  const cache = model.cacheElements * 2 * model.contextSize;
  const process = bareProcess + 16 * 4 * model.width * model.batchSize;
  return { weights, cache, process, total: weights + cache + process };
}
