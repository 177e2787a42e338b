import type { Token } from "node-llama-cpp";
import type { AnswerFormat, GenerationJob } from "./childProtocol.ts";
import { GenerationError } from "./generationError.ts";
import type { OpenedModel } from "./openModel.ts";
import type { PromptRenderer } from "./renderPrompt.ts";
import { createTextStream } from "./textStream.ts";
import type { TokenSource } from "./tokenSource.ts";
import { createTokenText } from "./tokenText.ts";

export type GenerationHooks = {
  readonly onPrompt: (tokens: readonly number[]) => void;
  readonly onText: (text: string) => void;
  /** Called for each token, and for each batch of the prompt, so that whoever watches knows that work goes on. */
  readonly onToken: () => void;
  readonly cancelled: () => boolean;
};

export type Generated = {
  readonly finish: "stop" | "length" | "cancelled";
  /** Every token the model gave, its end-of-turn token included. */
  readonly tokens: readonly number[];
};

/**
 * Answers one job with tokens from `source`, which makes each answer depend on nothing but model, engine and job.
 *
 * Prompt and answer together never exceed the context, since past it llama.cpp would silently forget the beginning.
 */
export async function generate(
  { model, contextSize }: Pick<OpenedModel, "model" | "contextSize">,
  renderer: PromptRenderer,
  source: TokenSource,
  job: GenerationJob,
  hooks: GenerationHooks,
): Promise<Generated> {
  const prompt = renderPrompt(renderer, job);
  const limit = answerLimit(prompt.length, contextSize, job);
  const answer = await source(prompt, job, limit, hooks);
  hooks.onPrompt(prompt);

  const tokens: number[] = [];
  const text = createTextStream([...job.stop, ...renderer.endTexts, ...endTextsOf(job.format)]);
  const decoded = createTokenText((ids, before) => model.detokenize(ids as Token[], false, before as Token[]), prompt);
  const show = (shown: string): void => {
    if (shown !== "") hooks.onText(shown);
  };
  let finish: Generated["finish"] = "length";
  for await (const token of answer) {
    hooks.onToken();
    if (hooks.cancelled()) {
      finish = "cancelled";
      break;
    }
    tokens.push(token);
    if (model.isEogToken(token as Token) || renderer.endTokens.has(token as Token)) {
      finish = "stop";
      break;
    }
    const { text: shown, stopped } = text.push(decoded.push(token));
    show(shown);
    if (stopped) return { finish: "stop", tokens };
    if (tokens.length >= limit) break;
  }
  if (tokens.length === 0 && hooks.cancelled()) finish = "cancelled";
  const { text: shown, stopped } = text.push(decoded.end());
  show(shown);
  if (!stopped) show(text.end());
  return { finish: stopped ? "stop" : finish, tokens };
}

/** Tokens that an answer may have. Throws `GenerationError` when the prompt leaves no room for any. */
export function answerLimit(promptTokens: number, contextSize: number, { maxTokens }: GenerationJob): number {
  const room = contextSize - promptTokens;
  if (room >= 1) return Math.min(maxTokens ?? room, room);
  throw new GenerationError(
    "prompt_too_long",
    `This model's context holds ${contextSize} tokens, and the messages with the entry's wrapper are ${promptTokens}. Shorten them.`,
  );
}

/** Throws `GenerationError` for messages that the model's chat template refuses. */
export function renderPrompt(renderer: PromptRenderer, job: GenerationJob): Token[] {
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

/** A grammar made from a schema ends with line breaks, which are not the answer's. */
function endTextsOf(format: AnswerFormat | null): readonly string[] {
  return format?.type === "json_schema" ? ["\n\n\n\n"] : [];
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
