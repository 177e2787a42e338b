/** A model on its own, without a node around it: reads questions as one line of JSON, prints each answer as one. */
import { createInterface } from "node:readline/promises";
import { generate } from "../../inference-node/engine/generate.ts";
import { createLocalTokens } from "../../inference-node/engine/localTokens.ts";
import { openLlama, openModel } from "../../inference-node/engine/openModel.ts";
import { createPromptRenderer } from "../../inference-node/engine/renderPrompt.ts";

const [modelPath = "", maxTokens = "64"] = process.argv.slice(2);
const options = { modelPath, contextSize: 512, batchSize: 512, threads: 1, gpu: false } as const;
const { llama, engine } = await openLlama(options);
const model = await openModel(llama, modelPath, options);
const renderer = createPromptRenderer(model.model);
const tokens = createLocalTokens(model);
const greedy = { temperature: 0, topP: 1, topK: 0, minP: 0, repeatPenalty: 1, seed: 1 };

for await (const line of createInterface({ input: process.stdin })) {
  let promptTokens: readonly number[] = [];
  const answer = await generate(
    model,
    renderer,
    tokens,
    {
      messages: [{ role: "user", content: JSON.parse(line) as string }],
      sampling: greedy,
      maxTokens: Number(maxTokens),
      stop: [],
      format: null,
    },
    {
      onPrompt(prompt) {
        promptTokens = prompt;
      },
      onText: () => undefined,
      onToken: () => undefined,
      cancelled: () => false,
    },
  );
  process.stdout.write(`${JSON.stringify({ promptTokens, outputTokens: answer.tokens, ...engine })}\n`);
}
process.exit(0);
