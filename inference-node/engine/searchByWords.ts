import MiniSearch from "minisearch";
import type { Excerpt } from "./splitKnowledge.ts";

const words = new Intl.Segmenter("en", { granularity: "word" });

/**
 * Ranks excerpts by the words they share with a question (BM25). Returns the best `most`, best first; equal ones in their
 * order. Words are cut as Unicode says (UAX 29), so that Chinese or Thai is searched, too.
 */
export function searchByWords(excerpts: readonly Excerpt[]): (question: string, most: number) => Excerpt[] {
  const index = new MiniSearch<{ id: number; text: string }>({
    fields: ["text"],
    tokenize: (text) =>
      Array.from(words.segment(text)).flatMap(({ segment, isWordLike }) => (isWordLike ? [segment] : [])),
  });
  index.addAll(excerpts.map(({ text }, id) => ({ id, text })));
  return (question, most) =>
    index
      .search(question, { combineWith: "OR", prefix: false, fuzzy: false })
      .toSorted((one, other) => other.score - one.score || Number(one.id) - Number(other.id))
      .slice(0, most)
      .flatMap(({ id }) => excerpts[Number(id)] ?? []);
}
