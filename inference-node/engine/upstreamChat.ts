import type { Token } from "node-llama-cpp";
import { z } from "zod";
import type { GenerationJob } from "./childProtocol.ts";
import type { Generated, GenerationHooks } from "./generate.ts";
import { answerLimit, renderPrompt } from "./generate.ts";
import { GenerationError } from "./generationError.ts";
import type { OpenedVocabulary } from "./openModel.ts";
import { readEvents, upstreamHeaders } from "./readEvents.ts";
import type { PromptRenderer } from "./renderPrompt.ts";

const chunk = z.object({
  choices: z
    .array(
      z.object({
        delta: z.object({ content: z.string().nullish() }).nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .max(16)
    .optional(),
  error: z.object({ message: z.string() }).optional(),
});

/**
 * Answers one job by asking an OpenAI-compatible service, which renders the messages with a template of its own.
 *
 * It says no token ids. Those of the receipt are made from its text with the verified file's tokenizer, without the
 * token that ended its turn: they may differ from the ones that it sampled, so such an answer cannot be audited token
 * by token, and the node's `engine` says so.
 */
export async function generateUpstream(
  { model, contextSize }: OpenedVocabulary,
  renderer: PromptRenderer,
  upstream: { readonly url: string; readonly model: string; readonly apiKey?: string },
  job: GenerationJob,
  hooks: GenerationHooks,
): Promise<Generated> {
  const prompt = renderPrompt(renderer, job);
  const limit = answerLimit(prompt.length, contextSize, job);
  const gone = new AbortController();
  const watch = setInterval(() => hooks.cancelled() && gone.abort(), 50);
  let text = "";
  let finish: Generated["finish"] = "stop";
  try {
    const response = await fetch(`${upstream.url.replace(/\/+$/, "")}/chat/completions`, {
      method: "POST",
      headers: upstreamHeaders(upstream.apiKey),
      body: JSON.stringify(requestOf(upstream.model, job, limit)),
      signal: gone.signal,
    });
    if (!response.ok) {
      const why = (await response.text()).slice(0, 500);
      throw new GenerationError("failed", `the upstream answered ${response.status}: ${why}`);
    }
    hooks.onPrompt(prompt);
    for await (const event of readEvents(response)) {
      hooks.onToken();
      const { choices, error } = chunk.parse(event);
      if (error !== undefined) throw new GenerationError("failed", `the upstream failed: ${error.message}`);
      const [choice] = choices ?? [];
      const piece = choice?.delta?.content ?? "";
      if (piece !== "") hooks.onText(piece);
      text += piece;
      if (choice?.finish_reason === "length") finish = "length";
    }
  } catch (error) {
    if (!hooks.cancelled()) throw error;
    finish = "cancelled";
  } finally {
    clearInterval(watch);
    gone.abort();
  }
  return { finish, tokens: model.tokenize(text, false, "trimLeadingSpace") as readonly Token[] };
}

function requestOf(model: string, { messages, sampling, stop, format }: GenerationJob, limit: number): unknown {
  if (format?.type === "gbnf") {
    throw new GenerationError("bad_format", "This entry asks for a grammar, which its upstream does not take.");
  }
  return {
    model,
    messages,
    max_tokens: limit,
    temperature: sampling.temperature,
    top_p: sampling.topP,
    // Beyond OpenAI's own: those who know them (llama-server, vLLM, LocalAI, another node) honour them.
    top_k: sampling.topK,
    min_p: sampling.minP,
    repeat_penalty: sampling.repeatPenalty,
    seed: sampling.seed,
    stream: true,
    ...(stop.length > 0 && { stop }),
    ...(format !== null && {
      response_format: { type: "json_schema", json_schema: { name: "answer", strict: true, schema: format.schema } },
    }),
  };
}
