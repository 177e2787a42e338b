import { z } from "zod";
import type { GenerationJob } from "./childProtocol.ts";
import { GenerationError } from "./generationError.ts";
import { readEvents, upstreamHeaders } from "./readEvents.ts";
import type { TokenSource } from "./tokenSource.ts";

const piece = z.object({
  tokens: z.array(z.number().int().min(0).max(0xffffffff)).max(4_096),
  stop: z.boolean(),
});

/**
 * Tokens from a llama-server, which takes a prompt as token ids and says each token of its answer by id.
 *
 * The chat template is not its business: the prompt is the one that the verified file's own template renders, and its
 * cache of earlier prompts is not used, since an answer must not depend on who asked before.
 */
export function createServerTokens(options: { readonly url: string; readonly apiKey?: string }): TokenSource {
  const address = `${options.url.replace(/\/+$/, "")}/completion`;
  return async (prompt, job, limit, { cancelled }) => {
    const gone = new AbortController();
    // It says nothing while it reads a prompt, and goes on reading until the connection closes.
    const watch = setInterval(() => cancelled() && gone.abort(), 50);
    gone.signal.addEventListener("abort", () => clearInterval(watch), { once: true });
    const response = await fetch(address, {
      method: "POST",
      headers: upstreamHeaders(options.apiKey),
      body: JSON.stringify({
        prompt,
        n_predict: limit,
        stream: true,
        return_tokens: true,
        cache_prompt: false,
        ...samplingOf(job),
        ...formatOf(job),
      }),
      signal: gone.signal,
    }).catch((error: unknown) => {
      gone.abort();
      if (cancelled()) return null;
      throw error;
    });
    if (response === null) return nothing();
    if (!response.ok) clearInterval(watch);
    if (response.status === 400 && job.format !== null) {
      throw new GenerationError("bad_format", `llama-server refuses the response format: ${await textOf(response)}`);
    }
    if (!response.ok) {
      throw new GenerationError("failed", `llama-server answered ${response.status}: ${await textOf(response)}`);
    }
    return tokensOf(response, gone, cancelled);
  };
}

async function* nothing(): AsyncGenerator<number> {}

async function* tokensOf(response: Response, gone: AbortController, cancelled: () => boolean): AsyncGenerator<number> {
  try {
    for await (const event of readEvents(response)) {
      const { tokens, stop } = piece.parse(event);
      yield* tokens;
      if (stop) return;
    }
  } catch (error) {
    if (!cancelled()) throw error;
  } finally {
    gone.abort();
  }
}

/** In llama-server's words. Its own defaults differ, so each is said; `samplers` is the embedded engine's order. */
function samplingOf({ sampling }: GenerationJob): Record<string, unknown> {
  return {
    samplers: ["penalties", "top_k", "top_p", "min_p", "temperature"],
    temperature: sampling.temperature,
    top_k: sampling.topK,
    top_p: sampling.topP,
    min_p: sampling.minP,
    repeat_penalty: sampling.repeatPenalty,
    repeat_last_n: 64,
    seed: sampling.seed,
  };
}

function formatOf({ format }: GenerationJob): Record<string, unknown> {
  switch (format?.type) {
    case "gbnf":
      return { grammar: format.grammar };
    case "json_schema":
      return { json_schema: format.schema };
    default:
      return {};
  }
}

async function textOf(response: Response): Promise<string> {
  return (await response.text()).slice(0, 500);
}
