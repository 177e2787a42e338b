import type { Llama, LlamaGrammar, Token } from "node-llama-cpp";
import { LlamaGrammarEvaluationState } from "node-llama-cpp";
import { compileFormat } from "./answerFormat.ts";
import type { AnswerFormat, GenerationJob } from "./childProtocol.ts";
import type { Gather } from "./gather.ts";
import { createGather } from "./gather.ts";
import { GenerationError } from "./generationError.ts";
import type { OpenedModel } from "./openModel.ts";
import type { TokenSource } from "./tokenSource.ts";

/** Tokens from the model in this process; each answer has a sequence to itself, cleared first. */
export function createLocalTokens(opened: OpenedModel): TokenSource {
  const gather = createGather();
  return async (prompt, job) => {
    const grammar = job.format === null ? null : await compileOrRefuse(opened.llama, job.format);
    return evaluate(opened, prompt, job, grammar, gather);
  };
}

async function* evaluate(
  { model, sequences }: OpenedModel,
  prompt: readonly number[],
  { sampling }: GenerationJob,
  grammar: LlamaGrammar | null,
  gather: Gather,
): AsyncGenerator<number> {
  const sequence = sequences.pop();
  if (sequence === undefined) throw new GenerationError("failed", "every sequence of this model is in use");
  const tokens: Token[] = [];
  try {
    await sequence.clearHistory();
    const answer = sequence.evaluate(prompt as Token[], {
      temperature: sampling.temperature,
      topP: sampling.topP,
      topK: sampling.topK,
      minP: sampling.minP,
      seed: sampling.seed,
      yieldEogToken: true,
      ...(sampling.repeatPenalty !== 1 && {
        repeatPenalty: { punishTokens: () => tokens.slice(-64), penalty: sampling.repeatPenalty },
      }),
      ...(grammar !== null && { grammarEvaluationState: new LlamaGrammarEvaluationState({ model, grammar }) }),
    });
    try {
      for (;;) {
        gather.ask();
        const { value, done } = await answer.next().finally(gather.got);
        if (done === true) return;
        if (sampling.repeatPenalty !== 1) tokens.push(value);
        yield value;
      }
    } finally {
      // Whoever reads may have stopped early.
      await answer.return();
    }
  } finally {
    sequences.push(sequence);
  }
}

async function compileOrRefuse(llama: Llama, format: AnswerFormat): Promise<LlamaGrammar> {
  try {
    return await compileFormat(llama, format);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GenerationError("bad_format", `The response format cannot be compiled: ${why}`, cause);
  }
}
