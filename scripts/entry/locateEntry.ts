import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { InvalidInputError } from "#protocol/errors.ts";
import type { EntryDraft, Manifest } from "#protocol/manifest.ts";
import { describeIssues, entryDraftSchema, modelFile, parseManifest } from "#protocol/manifest.ts";

/** What an author brought: a draft, or a manifest with all hashes in it, and the model file. */
export type Located = { readonly modelPath: string } & (
  | { readonly kind: "draft"; readonly draft: EntryDraft }
  | { readonly kind: "manifest"; readonly manifest: Manifest }
);

/**
 * Finds an entry in a folder (with entry.json and one .gguf file) or by its JSON file. `model`: the model file, where
 * it lies elsewhere. Throws `InvalidInputError` that says what is missing or wrong.
 */
export async function locateEntry(place: string, model: string | undefined): Promise<Located> {
  const isFolder = await stat(place).then(
    (found) => found.isDirectory(),
    (error: unknown) => {
      throw new InvalidInputError(`There is no folder or file ${place}.`, { cause: error });
    },
  );
  const file = isFolder ? path.join(place, "entry.json") : place;
  const folder = isFolder ? place : path.dirname(place);
  const value = await readJson(file);
  const isManifest = typeof value === "object" && value !== null && "files" in value;
  if (isManifest) {
    const manifest = parseManifest(value);
    return { kind: "manifest", manifest, modelPath: model ?? path.join(folder, modelFile(manifest).name) };
  }
  const draft = entryDraftSchema.safeParse(value);
  if (!draft.success)
    throw new InvalidInputError(`The entry in ${file} is not valid.`, { metaMessages: describeIssues(draft.error) });
  return { kind: "draft", draft: draft.data, modelPath: model ?? (await onlyModelIn(folder)) };
}

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new InvalidInputError(`The entry ${file} cannot be read.`, {
      metaMessages: ["a folder holds entry.json, with the entry's words and wrapper, and one .gguf file"],
      cause: error,
    });
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidInputError(`${file} is not JSON.`, {
      metaMessages: [error instanceof Error ? error.message : ""],
      cause: error,
    });
  }
}

async function onlyModelIn(folder: string): Promise<string> {
  const models = (await readdir(folder)).filter((name) => name.endsWith(".gguf"));
  const [only] = models;
  if (only !== undefined && models.length === 1) return path.join(folder, only);
  throw new InvalidInputError(
    `${folder} holds ${models.length === 0 ? "no" : models.length} .gguf files; name the model with --model.`,
  );
}
