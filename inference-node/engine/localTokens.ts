import { setImmediate } from "node:timers/promises";
import type { Llama, LlamaContextSequence, LlamaGrammar, Token } from "node-llama-cpp";
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
  const free = opened.sequences.map((_, place) => place);
  return async (prompt, job, limit, hooks) => {
    const grammar = job.format === null ? null : await compileOrRefuse(opened.llama, job.format);
    return evaluate(opened, { prompt, job, limit, hooks, grammar, gather, free });
  };
}

type Asked = {
  readonly prompt: readonly number[];
  readonly job: GenerationJob;
  readonly limit: number;
  readonly hooks: Parameters<TokenSource>[3];
  readonly grammar: LlamaGrammar | null;
  readonly gather: Gather;
  /** Places of the sequences that nobody uses, the lowest first: neighbours are evaluated together. */
  readonly free: number[];
};

async function* evaluate(
  { model, sequences }: OpenedModel,
  { prompt, job: { sampling }, limit, hooks, grammar, gather, free }: Asked,
): AsyncGenerator<number> {
  const place = free.shift() ?? -1;
  const sequence = sequences[place];
  if (sequence === undefined) throw new GenerationError("failed", "every sequence of this model is in use");
  const tokens: Token[] = [];
  try {
    await sequence.clearHistory();
    const rest = await readPrompt(sequence, prompt as Token[], hooks);
    if (rest === null) return;
    const answer = sequence.evaluate(rest, {
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
      let next: Promise<IteratorResult<Token>> | null = answer.next();
      for (let count = 1; next !== null; count++) {
        const { value, done } = await next;
        if (done === true) return;
        if (sampling.repeatPenalty !== 1) tokens.push(value);
        next = null;
        if (count < limit && !model.isEogToken(value)) {
          await gather.turn(place);
          next = gather.making(answer.next());
          // Whoever reads may stop before it comes.
          next.catch(() => undefined);
          await underWay();
        }
        yield value;
      }
    } finally {
      await answer.return();
    }
  } finally {
    free.push(place);
    free.sort((one, other) => one - other);
  }
}

/**
 * Reads a prompt but for its last batch, and returns that; null once nobody wants the answer.
 *
 * The batches are those that the library would make itself, which receipts hang on.
 */
async function readPrompt(
  sequence: LlamaContextSequence,
  prompt: Token[],
  { onToken, cancelled }: Asked["hooks"],
): Promise<Token[] | null> {
  const { batchSize } = sequence.context;
  let at = 0;
  for (; prompt.length - at > batchSize; at += batchSize) {
    if (cancelled()) return null;
    await sequence.evaluateWithoutGeneratingNewTokens(prompt.slice(at, at + batchSize));
    onToken();
  }
  return cancelled() ? null : prompt.slice(at);
}

/** Lets the library begin with the next token, so that the processor makes it while this one is read and sent. */
async function underWay(): Promise<void> {
  await setImmediate();
  await setImmediate();
}

async function compileOrRefuse(llama: Llama, format: AnswerFormat): Promise<LlamaGrammar> {
  try {
    return await compileFormat(llama, format);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GenerationError("bad_format", `The response format cannot be compiled: ${why}`, cause);
  }
}
