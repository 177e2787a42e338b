import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { BaseError, shortMessageOf } from "#protocol/errors.ts";
import { bareHex } from "#protocol/hashing.ts";
import type { Manifest } from "#protocol/manifest.ts";
import { modelFile } from "#protocol/manifest.ts";
import type { EntryFacts } from "./entryFacts.ts";
import { fetchBounded } from "./fetchBounded.ts";
import type { VerifiedFile } from "./verifiedFile.ts";
import { ModelMismatchError, verifyModelFile } from "./verifyModelFile.ts";

export type StoreOptions = {
  /** Where fetched models are kept under their SHA-256; entries with one model share it. */
  readonly folder: string;
  /** Folders of the operator's own with model files in them; nothing is written there. */
  readonly ownFolders: readonly string[];
  readonly allowPrivate: boolean;
  readonly signal: AbortSignal;
  readonly onRefused: (error: ModelMismatchError) => void;
};

/** Slowest download of a model that is waited for, and the longest: bytes per millisecond, milliseconds. */
const leastRate = 250;
const longestDownloadMs = 86_400_000;

/** A model that could not be had, with what was tried. */
export class ModelUnavailableError extends BaseError {
  override readonly name = "ModelUnavailableError";
}

/**
 * Finds an entry's model file: kept from before, in a folder of the operator's, or by its manifest's addresses.
 *
 * Whatever file is returned was read whole and equals the entry in size, SHA-256 and pieces root. A download gets its
 * final name only after that. Throws `ModelUnavailableError` with the outcome of each attempt.
 */
export async function findModelFile(
  entry: EntryFacts,
  manifest: Manifest,
  options: StoreOptions,
): Promise<VerifiedFile> {
  const file = modelFile(manifest);
  const kept = join(options.folder, `${bareHex(entry.modelSha256)}.gguf`);
  const tried: string[] = [];

  const own = await candidates(options.ownFolders, file.name, entry);
  for (const { path, named } of [{ path: kept, named: true }, ...own]) {
    try {
      return { path, untouched: await verifyModelFile(path, entry, options.signal) };
    } catch (error) {
      if (options.signal.aborted) throw error;
      if (isMissing(error) || (!named && error instanceof ModelMismatchError)) continue;
      if (error instanceof ModelMismatchError) options.onRefused(error);
      tried.push(error instanceof Error ? error.message : String(error));
    }
  }
  for (const url of file.urls) {
    try {
      return await download(url, kept, entry, options);
    } catch (error) {
      if (options.signal.aborted) throw error;
      if (error instanceof ModelMismatchError) options.onRefused(error);
      tried.push(`${url}: ${shortMessageOf(error)}`);
    }
  }
  throw new ModelUnavailableError(`The model of entry ${entry.entryId} (${manifest.name}) could not be had.`, {
    metaMessages: [...tried, ...(file.urls.length === 0 ? ["its manifest names no address to fetch it from"] : [])],
  });
}

type Candidate = { readonly path: string; readonly named: boolean };

/** Files that may be the model: named like it, or of its very size. Those named like it come first. */
async function candidates(folders: readonly string[], name: string, entry: EntryFacts): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for (const folder of folders) {
    for (const item of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      if (item.isDirectory() || !item.name.endsWith(".gguf")) continue;
      const path = join(folder, item.name);
      const named = item.name === name || item.name === `${bareHex(entry.modelSha256)}.gguf`;
      if (named) found.unshift({ path, named });
      else if ((await stat(path).catch(() => null))?.size === entry.modelSize) found.push({ path, named });
    }
  }
  return found;
}

async function download(url: string, path: string, entry: EntryFacts, options: StoreOptions): Promise<VerifiedFile> {
  await mkdir(options.folder, { recursive: true });
  const partial = `${path}.${process.pid}.${randomBytes(4).toString("hex")}.part`;
  try {
    const file = await open(partial, "wx");
    try {
      const totalMs = Math.min(longestDownloadMs, 60_000 + Math.ceil(entry.modelSize / leastRate));
      const bounds = { maxBytes: entry.modelSize, exactBytes: entry.modelSize, stallMs: 30_000, totalMs, ...options };
      for await (const chunk of fetchBounded(url, bounds)) await file.writeFile(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
    await verifyModelFile(partial, entry, options.signal);
    await rename(partial, path);
    // Renaming changes the times that a file is known by.
    return { path, untouched: await verifyModelFile(path, entry, options.signal) };
  } finally {
    await rm(partial, { force: true });
  }
}

function isMissing(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === "ENOENT";
}
