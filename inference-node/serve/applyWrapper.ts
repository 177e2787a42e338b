import type { Manifest, Sampling } from "#protocol/manifest.ts";
import type { ChatMessage, GenerationJob } from "../engine/childProtocol.ts";
import type { ChatRequest } from "./chatRequest.ts";

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
 * when the caller names none.
 */
export function applyWrapper({ wrapper }: Manifest, request: ChatRequest, randomSeed: number): WrappedRequest {
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
  const maxTokens = request.max_completion_tokens ?? request.max_tokens ?? own.maxTokens;
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
      format: wrapper.responseFormat ?? null,
    },
    params: { ...sampling, ...(maxTokens !== undefined && { maxTokens }), ...(stop !== undefined && { stop }) },
  };
}
