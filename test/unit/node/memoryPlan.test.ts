import { describe, expect, test } from "vitest";
import { type PlannedModel, planMemory, planVectors } from "../../../inference-node/engine/memoryPlan.ts";

const MiB = 2 ** 20;
/** Llama 3 8B: 32 blocks, 8 heads of 128 for keys and for values. */
const shape = {
  cacheElements: 32 * 8 * 256,
  embeddingLength: 4_096,
  headCount: 32,
  contextLength: 8_192,
  vocabulary: 128_256,
  merges: 280_147,
};
const model: PlannedModel = {
  shape,
  fileBytes: 4_920_739_232,
  adapterBytes: 0,
  embedding: null,
  holder: "process",
  contextSize: 8_192,
  batchSize: 512,
  sequences: 1,
};
const bare = 192 * MiB;
const tokenizer = 128_256 * 1_152 + 280_147 * 704;
const rows = 4 * 16 * 4_096 * 512;
const attention = 4 * 33 * 8_192 * 512;
const scoresOf = (tokens: number) => 4 * 128_256 * tokens;

describe("a model's need", () => {
  test("is its file, its context, what llama.cpp computes in, and the process with its tokenizer", () => {
    const need = planMemory(model);
    expect(need).toMatchObject({
      weights: 4_920_739_232,
      cache: 1_073_741_824,
      buffers: attention + rows + scoresOf(1),
      process: bare + tokenizer,
    });
    expect(need.total).toBe(need.weights + need.cache + need.buffers + need.process);
  });

  test("has a score of each of the vocabulary for each token of a batch, where the context is short", () => {
    expect(planMemory({ ...model, contextSize: 2_048 }).buffers).toBe(scoresOf(512) + rows + scoresOf(1));
  });

  test("grows with the answers that may be under way", () => {
    const need = planMemory({ ...model, sequences: 4 });
    expect(need.cache).toBe(4 * 1_073_741_824);
    expect(need.buffers).toBe(attention + rows + scoresOf(4));
  });

  test("counts both processes of a llama-server of the node's own, which scores no whole batch", () => {
    const own = planMemory({ ...model, contextSize: 512, holder: "own-llama-server" });
    expect(own.process).toBe(bare + 128 * MiB + 2 * tokenizer);
    expect(own.buffers).toBe(4 * 33 * 512 * 512 + rows + scoresOf(1));
    expect(own.weights).toBe(model.fileBytes);
  });

  test("is only the tokenizer's process where another machine holds the model", () => {
    expect(planMemory({ ...model, holder: "elsewhere" })).toEqual({
      weights: 0,
      cache: 0,
      buffers: 0,
      process: bare + tokenizer,
      total: bare + tokenizer,
    });
  });

  test("counts adapters, and the model that finds knowledge with a context of its own", () => {
    const small = { ...shape, cacheElements: 1_024, embeddingLength: 384, headCount: 12, contextLength: 512 };
    const beside = { shape: { ...small, vocabulary: 30_522, merges: 0 }, fileBytes: 20 * MiB };
    const [plain, need] = [planMemory(model), planMemory({ ...model, adapterBytes: 7, embedding: beside })];
    const vectors = planVectors(beside.shape, 512);
    expect(need.weights - plain.weights).toBe(20 * MiB + 7);
    expect(need.cache - plain.cache).toBe(1_024 * 2 * 512);
    expect(need.buffers - plain.buffers).toBe(vectors.buffers);
    expect(need.process - plain.process).toBe(30_522 * 1_152);
  });

  test("for vectors of a text is two scores of each of the vocabulary for each of its tokens", () => {
    const { buffers, total } = planVectors(shape, 2_048);
    expect(buffers).toBe(2 * scoresOf(2_048) + 4 * 16 * 4_096 * 2_048);
    expect(total).toBe(buffers + shape.cacheElements * 2 * 2_048);
  });
});
