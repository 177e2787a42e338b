import type { LlamaEmbedding } from "node-llama-cpp";
import type { Excerpt } from "./splitKnowledge.ts";

type Embed = (text: string) => Promise<LlamaEmbedding>;

/** Each takes a moment of the machine; whoever has more is better served by words. */
const MOST_EMBEDDED = 2_000;

/** Ranks excerpts by the cosine of their embedding and the question's. All excerpts are embedded first. */
export async function searchByMeaning(
  excerpts: readonly Excerpt[],
  embed: Embed,
): Promise<(question: string, most: number) => Promise<Excerpt[]>> {
  if (excerpts.length > MOST_EMBEDDED)
    throw new Error(
      `the knowledge files make ${excerpts.length} pieces; at most ${MOST_EMBEDDED} are searched by meaning`,
    );
  const known: { readonly excerpt: Excerpt; readonly embedding: LlamaEmbedding }[] = [];
  for (const excerpt of excerpts) known.push({ excerpt, embedding: await embed(excerpt.text) });
  return async (question, most) => {
    const asked = await embed(question);
    return known
      .map(({ excerpt, embedding }) => ({ excerpt, likeness: asked.calculateCosineSimilarity(embedding) }))
      .toSorted((one, other) => other.likeness - one.likeness)
      .slice(0, most)
      .map(({ excerpt }) => excerpt);
  };
}
