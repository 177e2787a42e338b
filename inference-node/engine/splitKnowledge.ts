import { extname } from "node:path";
import { RecursiveCharacterTextSplitter } from "@langchain/textsplitters";

/** How knowledge is split and how much of it joins a prompt, in characters and pieces. */
export type KnowledgeSettings = { readonly chunkChars: number; readonly overlapChars: number; readonly topK: number };

export type KnowledgeText = { readonly name: string; readonly text: string };
export type Excerpt = { readonly source: string; readonly text: string };

/** More would make an index that no consumer machine wants to hold. */
const MOST_EXCERPTS = 20_000;

/** Splits texts where paragraphs, sentences and words end, Markdown at its headings first. In the order of the files. */
export async function splitKnowledge(
  texts: readonly KnowledgeText[],
  { chunkChars, overlapChars }: KnowledgeSettings,
): Promise<Excerpt[]> {
  const options = { chunkSize: chunkChars, chunkOverlap: overlapChars };
  const excerpts: Excerpt[] = [];
  for (const { name, text } of texts) {
    const splitter =
      extname(name).toLowerCase() === ".md"
        ? RecursiveCharacterTextSplitter.fromLanguage("markdown", options)
        : new RecursiveCharacterTextSplitter(options);
    for (const piece of await splitter.splitText(text)) excerpts.push({ source: name, text: piece });
    if (excerpts.length > MOST_EXCERPTS)
      throw new Error(`the knowledge files make more than ${MOST_EXCERPTS} pieces; choose a larger chunkChars`);
  }
  return excerpts;
}
