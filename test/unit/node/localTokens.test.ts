import { expect, test } from "vitest";
import type { GenerationJob } from "../../../inference-node/engine/childProtocol.ts";
import { createLocalTokens } from "../../../inference-node/engine/localTokens.ts";
import type { OpenedModel } from "../../../inference-node/engine/openModel.ts";

const job: GenerationJob = {
  messages: [],
  sampling: { temperature: 0, topP: 1, topK: 0, minP: 0, repeatPenalty: 1, seed: 7 },
  maxTokens: null,
  stop: [],
  format: null,
};

/** A model with one sequence in batches of two, which tells what it is given to read and answers with token 9. */
function lab() {
  const read: number[][] = [];
  const sequence = {
    context: { batchSize: 2 },
    clearHistory: async () => undefined,
    evaluateWithoutGeneratingNewTokens: async (tokens: number[]) => void read.push(tokens),
    async *evaluate(tokens: number[]) {
      read.push(tokens);
      yield 9;
    },
  };
  const model = { isEogToken: () => true };
  return { read, tokens: createLocalTokens({ model, sequences: [sequence] } as unknown as OpenedModel) };
}

test("a prompt is read in batches, each a sign of life, and the last one is answered", async () => {
  const { read, tokens } = lab();
  const alive: string[] = [];
  const hooks = { onToken: () => void alive.push("alive"), cancelled: () => false };
  expect(await Array.fromAsync(await tokens([1, 2, 3, 4], job, 5, hooks))).toEqual([9]);
  expect(read).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(alive).toHaveLength(1);
});

test("whoever hangs up while the prompt is read ends the reading at the next batch, and frees the sequence", async () => {
  const { read, tokens } = lab();
  const hooks = { onToken: () => undefined, cancelled: () => read.length === 2 };
  expect(await Array.fromAsync(await tokens([1, 2, 3, 4, 5, 6, 7], job, 5, hooks))).toEqual([]);
  expect(read).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(await Array.fromAsync(await tokens([1], job, 5, { ...hooks, cancelled: () => false }))).toEqual([9]);
});
