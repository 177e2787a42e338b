import type { LlamaEmbeddingContext } from "node-llama-cpp";
import type { EmbedJob, LoadOptions } from "./childProtocol.ts";
import { longestText } from "./contextMemory.ts";
import { GenerationError } from "./generationError.ts";
import type { OpenedModel } from "./openModel.ts";

export type Embedder = (
  job: EmbedJob,
  hooks: { readonly onEach: () => void; readonly cancelled: () => boolean },
) => Promise<{ readonly vectors: number[][]; readonly tokens: number }>;

/**
 * Makes vectors of texts with the loaded model, each scaled to length 1.
 *
 * The context for it takes memory of its own, so it is made when somebody first asks. Throws `GenerationError` for a
 * text that has no tokens or too many.
 */
export function createEmbedder({ model, contextSize }: OpenedModel, options: LoadOptions): Embedder {
  let context: Promise<LlamaEmbeddingContext> | undefined;
  const open = (): Promise<LlamaEmbeddingContext> => {
    const size = Math.min(contextSize, longestText.asked);
    context ??= model.createEmbeddingContext({ contextSize: size, batchSize: size, threads: options.threads });
    context.catch(() => (context = undefined));
    return context;
  };

  return async ({ texts, truncate }, { onEach, cancelled }) => {
    const embedding = await open();
    // The model's own begin and end tokens are added to each text.
    const room = Math.min(contextSize, longestText.asked) - 2;
    const vectors: number[][] = [];
    let tokens = 0;
    for (const text of texts) {
      if (cancelled()) throw new GenerationError("failed", "nobody waits for these vectors any more");
      const ids = model.tokenize(text);
      if (ids.length === 0) throw new GenerationError("bad_prompt", "A text to embed is empty.");
      if (ids.length > room && !truncate) {
        throw new GenerationError(
          "prompt_too_long",
          `A text to embed may be ${room} tokens long, and one is ${ids.length}. Split it.`,
        );
      }
      const kept = ids.slice(0, room);
      const { vector } = await embedding.getEmbeddingFor(kept);
      vectors.push(scaled(vector));
      tokens += kept.length;
      onEach();
    }
    return { vectors, tokens };
  };
}

function scaled(vector: readonly number[]): number[] {
  const length = Math.hypot(...vector);
  return vector.map((value) => (length > 0 ? value / length : 0));
}
