import type { Manifest, Sampling } from "#protocol/manifest.ts";
import type { Engine } from "#protocol/node.ts";
import type { ChatMessage, GenerationJob } from "../engine/childProtocol.ts";
import { ApiError } from "./apiError.ts";
import type { PromptRequest } from "./chatRequest.ts";

export type WrappedRequest = {
  readonly job: GenerationJob;
  /** The sampling in force, as the receipt commits to it: every value said, absent only what does not apply. */
  readonly params: Sampling;
};

/**
 * Puts an entry's wrapper around what a caller asked.
 *
 * The entry's system prompt comes first and the caller's own follow in the same message, then the few-shot messages,
 * then the conversation. What the caller says about sampling goes before what the manifest says. `randomSeed`: used
 * when the caller names none. `maxOutputTokens`: where the operator ends an answer, which matters where the context
 * is larger. Throws `ApiError` 400 when both the caller and the entry say what an answer must look like.
 */
export function applyWrapper(
  { manifest, engine }: { readonly manifest: Manifest; readonly engine: Pick<Engine, "contextSize"> },
  request: PromptRequest,
  { randomSeed, maxOutputTokens }: { readonly randomSeed: number; readonly maxOutputTokens: number },
): WrappedRequest {
  const { wrapper } = manifest;
  if (wrapper.responseFormat !== undefined && request.response_format !== undefined) {
    throw new ApiError(400, "response_format: this entry sets the form of its answers itself.", {
      param: "response_format",
      code: "unsupported_parameter",
    });
  }
  const isSystem = (role: string): boolean => role === "system" || role === "developer";
  const system = [
    wrapper.systemPrompt,
    ...request.messages.filter(({ role }) => isSystem(role)).map(({ content }) => content),
  ].filter((text) => text !== "");
  const spoken = request.messages.flatMap(({ role, content }): ChatMessage[] =>
    role === "user" || role === "assistant" ? [{ role, content }] : [],
  );
  const messages: ChatMessage[] = [
    ...(system.length > 0 ? [{ role: "system", content: system.join("\n\n") } as const] : []),
    ...wrapper.fewShot,
    ...spoken,
  ];

  const own = wrapper.sampling;
  const wanted = request.max_completion_tokens ?? request.max_tokens ?? own.maxTokens;
  const maxTokens = (wanted ?? engine.contextSize) > maxOutputTokens ? maxOutputTokens : wanted;
  const stop = request.stop ?? own.stop;
  const sampling = {
    temperature: request.temperature ?? own.temperature ?? 1,
    topP: request.top_p ?? own.topP ?? 1,
    topK: request.top_k ?? own.topK ?? 0,
    minP: request.min_p ?? own.minP ?? 0,
    repeatPenalty: request.repeat_penalty ?? own.repeatPenalty ?? 1,
  };
  const seed = request.seed === undefined ? randomSeed : Number(BigInt.asUintN(32, BigInt(request.seed)));
  return {
    job: {
      messages,
      sampling: { ...sampling, seed },
      maxTokens: maxTokens ?? null,
      stop: stop ?? [],
      format: wrapper.responseFormat ?? request.response_format ?? null,
    },
    params: { ...sampling, ...(maxTokens !== undefined && { maxTokens }), ...(stop !== undefined && { stop }) },
  };
}
