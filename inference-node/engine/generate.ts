import type { Llama, LlamaGrammar, Token } from "node-llama-cpp";
import { LlamaGrammarEvaluationState } from "node-llama-cpp";
import { compileFormat } from "./answerFormat.ts";
import type { AnswerFormat, FailureCode, GenerationJob } from "./childProtocol.ts";
import type { OpenedModel } from "./openModel.ts";
import type { PromptRenderer } from "./renderPrompt.ts";
import { createTextStream } from "./textStream.ts";
import { createTokenText } from "./tokenText.ts";

/** A generation that cannot go on, with the code that tells whose doing it is. */
export class GenerationError extends Error {
  override readonly name = "GenerationError";
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

export type GenerationHooks = {
  readonly onPrompt: (tokens: readonly number[]) => void;
  readonly onText: (text: string) => void;
  /** Called for each token, so that whoever watches knows that work goes on. */
  readonly onToken: () => void;
  readonly cancelled: () => boolean;
};

export type Generated = {
  readonly finish: "stop" | "length" | "cancelled";
  /** Every token the model gave, its end-of-turn token included. */
  readonly tokens: readonly number[];
};

/**
 * Answers one job on a model's only sequence.
 *
 * The sequence is cleared first: an answer depends on nothing but model, engine and job. Prompt and answer together
 * never exceed the context, since past it llama.cpp would silently forget the beginning.
 */
export async function generate(
  { llama, model, sequence, contextSize }: OpenedModel,
  renderer: PromptRenderer,
  job: GenerationJob,
  hooks: GenerationHooks,
): Promise<Generated> {
  const prompt = renderPrompt(renderer, job);
  const room = contextSize - prompt.length;
  if (room < 1) {
    throw new GenerationError(
      "prompt_too_long",
      `This model's context holds ${contextSize} tokens, and the messages with the entry's wrapper are ${prompt.length}. Shorten them.`,
    );
  }
  const grammar = job.format === null ? null : await compileOrRefuse(llama, job.format);
  hooks.onPrompt(prompt);
  const limit = Math.min(job.maxTokens ?? room, room);

  await sequence.clearHistory();
  const tokens: Token[] = [];
  const text = createTextStream([...job.stop, ...renderer.endTexts, ...endTextsOf(job.format)]);
  const decoded = createTokenText((ids, before) => model.detokenize(ids as Token[], false, before as Token[]), prompt);
  const show = (shown: string): void => {
    if (shown !== "") hooks.onText(shown);
  };
  const { sampling } = job;

  let finish: Generated["finish"] = "length";
  const answer = sequence.evaluate(prompt, {
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
  for await (const token of answer) {
    hooks.onToken();
    if (hooks.cancelled()) {
      finish = "cancelled";
      break;
    }
    tokens.push(token);
    if (model.isEogToken(token) || renderer.endTokens.has(token)) {
      finish = "stop";
      break;
    }
    const { text: shown, stopped } = text.push(decoded.push(token));
    show(shown);
    if (stopped) return { finish: "stop", tokens };
    if (tokens.length >= limit) break;
  }
  const { text: shown, stopped } = text.push(decoded.end());
  show(shown);
  if (!stopped) show(text.end());
  return { finish: stopped ? "stop" : finish, tokens };
}

function renderPrompt(renderer: PromptRenderer, job: GenerationJob): Token[] {
  try {
    return renderer.render(job.messages);
  } catch (cause) {
    throw new GenerationError(
      "bad_prompt",
      `The model's chat template refuses these messages: ${messageOf(cause)}`,
      cause,
    );
  }
}

async function compileOrRefuse(llama: Llama, format: AnswerFormat): Promise<LlamaGrammar> {
  try {
    return await compileFormat(llama, format);
  } catch (cause) {
    throw new GenerationError("bad_format", `The response format cannot be compiled: ${messageOf(cause)}`, cause);
  }
}

/** A grammar made from a schema ends with line breaks, which are not the answer's. */
function endTextsOf(format: AnswerFormat | null): readonly string[] {
  return format?.type === "json_schema" ? ["\n\n\n\n"] : [];
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
