import { readFile } from "node:fs/promises";
import type { Llama } from "node-llama-cpp";
import type { ChatMessage, KnowledgeOptions } from "./childProtocol.ts";
import { longestText } from "./contextMemory.ts";
import { searchByMeaning } from "./searchByMeaning.ts";
import { searchByWords } from "./searchByWords.ts";
import type { Excerpt } from "./splitKnowledge.ts";
import { splitKnowledge } from "./splitKnowledge.ts";

/** Puts what an entry knows about the last question in front of it. */
export type Knowledge = {
  /** `fits`: whether a prompt of these messages leaves room for an answer; the least close excerpts go first. */
  readonly addTo: (
    messages: readonly ChatMessage[],
    fits: (messages: readonly ChatMessage[]) => boolean,
  ) => Promise<readonly ChatMessage[]>;
};

/**
 * Reads an entry's knowledge files and makes them searchable. Runs in the model's own process: the texts are strangers'.
 * Throws when a file is no UTF-8 text.
 */
export async function openKnowledge(llama: Llama, options: KnowledgeOptions): Promise<Knowledge> {
  const texts = await Promise.all(
    options.files.map(async ({ name, path }) => ({ name, text: decode(name, await readFile(path)) })),
  );
  const excerpts = await splitKnowledge(texts, options.settings);
  const search =
    options.embeddingPath === null
      ? searchByWords(excerpts)
      : await searchByMeaning(excerpts, await openEmbedder(llama, options.embeddingPath));
  return {
    async addTo(messages, fits) {
      const question = messages.findLast(({ role }) => role === "user")?.content ?? "";
      const found = await search(question, options.settings.topK);
      for (let count = found.length; count > 0; count--) {
        const informed = withExcerpts(messages, found.slice(0, count));
        if (fits(informed)) return informed;
      }
      return messages;
    },
  };
}

/** The excerpts end the system message, which begins the conversation where it has none. Pure. */
export function withExcerpts(messages: readonly ChatMessage[], excerpts: readonly Excerpt[]): readonly ChatMessage[] {
  if (excerpts.length === 0) return messages;
  const found = excerpts.map(({ source, text }, index) => `[${index + 1}] ${source}\n${text}`).join("\n\n");
  const known = `From what you know, the closest first:\n\n${found}`;
  const [first, ...rest] = messages;
  return first?.role === "system"
    ? [{ role: "system", content: `${first.content}\n\n${known}` }, ...rest]
    : [{ role: "system", content: known }, ...messages];
}

function decode(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Error(`the knowledge file ${name} is no UTF-8 text`, { cause });
  }
}

async function openEmbedder(llama: Llama, modelPath: string) {
  const model = await llama.loadModel({ modelPath, useMmap: false, checkTensors: true, gpuLayers: 0 });
  // What is longer than that is cut.
  const context = await model.createEmbeddingContext({
    contextSize: Math.min(longestText.known, model.trainContextSize),
  });
  return (text: string) => context.getEmbeddingFor(model.tokenize(text).slice(0, longestText.known - 2));
}
