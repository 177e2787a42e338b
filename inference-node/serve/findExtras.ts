import { resolve } from "node:path";
import { InvalidInputError } from "#protocol/errors.ts";
import type { Manifest, ManifestFile } from "#protocol/manifest.ts";
import type { KnowledgeOptions } from "../engine/childProtocol.ts";
import type { StoreOptions } from "../models/modelStore.ts";
import { findFile } from "../models/modelStore.ts";
import { identityOf } from "../models/pieceMap.ts";
import type { Untouched } from "../models/unchangedSince.ts";
import { watchVerifiedFile } from "../models/verifiedFile.ts";

/** What a model is served with, all of it verified. */
export type Extras = {
  readonly adapterPaths: readonly string[];
  readonly knowledge: KnowledgeOptions | null;
  /** Bytes of the adapters together. */
  readonly adapterBytes: number;
  /** The model that finds knowledge by meaning. */
  readonly embedding: { readonly path: string; readonly bytes: number } | null;
  /** One for each file: is it still the manifest's? */
  readonly checks: readonly (() => Promise<Untouched>)[];
};

/** Bytes of knowledge that are read into memory. */
const MOST_KNOWLEDGE = 16 * 1_024 * 1_024;
const DEFAULT_SETTINGS = { chunkChars: 800, overlapChars: 100, topK: 3 };

/**
 * Finds the adapters, knowledge and embedding model of an entry. `onLost` is called when one of them, once verified, is
 * the manifest's no more. Throws what `findFile` throws, and `InvalidInputError` for too much knowledge.
 */
export async function findExtras(
  { files, wrapper }: Manifest,
  store: StoreOptions,
  onLost: (error: unknown) => void,
): Promise<Extras> {
  const ofRole = (role: ManifestFile["role"]) => files.filter((file) => file.role === role);
  const texts = ofRole("knowledge");
  const textBytes = texts.reduce((sum, { size }) => sum + size, 0);
  if (textBytes > MOST_KNOWLEDGE)
    throw new InvalidInputError(`The entry's knowledge is ${textBytes} bytes; at most ${MOST_KNOWLEDGE} are served.`);

  const checks: (() => Promise<Untouched>)[] = [];
  const find = async (file: ManifestFile): Promise<string> => {
    const found = await findFile(file, store);
    const path = resolve(found.path);
    const identity = identityOf(file);
    checks.push(watchVerifiedFile({ file: { ...found, path }, identity, signal: store.signal, onLost }));
    return path;
  };
  const findAll = async (wanted: readonly ManifestFile[]): Promise<{ file: ManifestFile; path: string }[]> => {
    const found: { file: ManifestFile; path: string }[] = [];
    for (const file of wanted) found.push({ file, path: await find(file) });
    return found;
  };
  const adapters = await findAll(ofRole("adapter"));
  const knowledge = await findAll(texts);
  const [embedding] = await findAll(texts.length > 0 ? ofRole("embedding") : []);
  return {
    adapterPaths: adapters.map(({ path }) => path),
    knowledge:
      knowledge.length === 0
        ? null
        : {
            files: knowledge.map(({ file, path }) => ({ name: file.name, path })),
            settings: wrapper.knowledge ?? DEFAULT_SETTINGS,
            embeddingPath: embedding?.path ?? null,
          },
    adapterBytes: adapters.reduce((sum, { file }) => sum + file.size, 0),
    embedding: embedding === undefined ? null : { path: embedding.path, bytes: embedding.file.size },
    checks,
  };
}

/** All questions as one: are these files still what was read? */
export function checkAll(checks: readonly (() => Promise<Untouched>)[]): () => Promise<() => Promise<boolean>> {
  return async () => {
    const untouched = await Promise.all(checks.map((check) => check()));
    return async () => (await Promise.all(untouched.map((asked) => asked()))).every(Boolean);
  };
}
