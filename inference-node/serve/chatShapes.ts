import type { Bundle } from "#protocol/node.ts";

/** What every message about one answer has in common. `created`: seconds since 1970. */
export type AnswerHead = {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly system_fingerprint: string;
};

type Finish = "stop" | "length";

export function usageOf({ promptTokens, outputTokens }: Pick<Bundle, "promptTokens" | "outputTokens">) {
  return {
    prompt_tokens: promptTokens.length,
    completion_tokens: outputTokens.length,
    total_tokens: promptTokens.length + outputTokens.length,
  };
}

/** A whole answer. */
export function completionOf(head: AnswerHead, text: string, finish: Finish, bundle: Bundle) {
  return {
    ...head,
    object: "chat.completion",
    choices: [
      { index: 0, message: { role: "assistant", content: text, refusal: null }, logprobs: null, finish_reason: finish },
    ],
    usage: usageOf(bundle),
    coindrop: bundle,
  };
}

type Delta = { readonly role?: "assistant"; readonly content?: string };

/** One piece of a streamed answer. */
export function chunkOf(head: AnswerHead, delta: Delta, finish: Finish | null = null) {
  return {
    ...head,
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
  };
}

/** One server-sent event. */
export function eventOf(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

export const lastEvent = "data: [DONE]\n\n";
