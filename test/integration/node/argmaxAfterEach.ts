import { getLlama, type Token } from "node-llama-cpp";

/**
 * Teacher-forces a prompt and an answer through a model, and returns what the model itself would have said at each
 * place of the answer. A second look with another method than the node's: one evaluation, no sampling.
 */
export async function argmaxAfterEach(
  modelPath: string,
  prompt: readonly number[],
  answer: readonly number[],
): Promise<number[]> {
  const llama = await getLlama({ gpu: false, build: "never", skipDownload: true, maxThreads: 1, progressLogs: false });
  try {
    const model = await llama.loadModel({ modelPath, useMmap: false, defaultContextFlashAttention: false });
    const context = await model.createContext({ contextSize: 512, batchSize: 512, flashAttention: false, threads: 1 });
    const tokens = [...prompt, ...answer.slice(0, -1)] as Token[];
    const results = await context
      .getSequence()
      .controlledEvaluate(
        tokens.map((token, index) =>
          index < prompt.length - 1 ? token : [token, { generateNext: { token: true, options: { temperature: 0 } } }],
        ),
      );
    return results.flatMap((result) =>
      result?.next.token === undefined || result.next.token === null ? [] : [result.next.token],
    );
  } finally {
    await llama.dispose();
  }
}
