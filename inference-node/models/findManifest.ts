import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { BaseError, InvalidInputError, RetryableError, shortMessageOf } from "#protocol/errors.ts";
import { bareHex, prefixedHex } from "#protocol/hashing.ts";
import type { Manifest } from "#protocol/manifest.ts";
import { MAX_MANIFEST_BYTES, manifestHash, modelFile, parseManifest } from "#protocol/manifest.ts";
import type { EntryFacts } from "./entryFacts.ts";
import { fetchBounded } from "./fetchBounded.ts";
import { nodeHashing } from "./nodeHashing.ts";

export type ManifestSources = {
  /** Folders with files named `<sha256>.json`. */
  readonly folders: readonly string[];
  /** Folder where those that were fetched are kept for a time when nobody hands them out; a damaged one is fetched anew. */
  readonly kept?: string;
  readonly allowPrivate: boolean;
  readonly signal: AbortSignal;
};

/**
 * Finds an entry's manifest: in a local folder by its hash, kept from before, else where the entry's URI points.
 *
 * It is checked against the chain wherever it comes from: its hash, and that it names the model file that the entry
 * names. Throws `BadManifestError` when it is another one, `RetryableError` when it could not be fetched.
 */
export async function findManifest(entry: EntryFacts, sources: ManifestSources): Promise<Manifest> {
  for (const folder of sources.folders) {
    const bytes = await readFile(join(folder, `${bareHex(entry.manifestHash)}.json`)).catch(() => null);
    if (bytes !== null) return checkManifest(bytes, entry);
  }
  const kept = sources.kept === undefined ? null : join(sources.kept, `${bareHex(entry.manifestHash)}.json`);
  const before = kept === null ? null : await readFile(kept).catch(() => null);
  try {
    if (before !== null) return checkManifest(before, entry);
  } catch {}
  const chunks: Buffer[] = [];
  const bounds = { maxBytes: MAX_MANIFEST_BYTES, stallMs: 15_000, totalMs: 30_000, ...sources };
  try {
    for await (const chunk of fetchBounded(entry.manifestURI, bounds)) chunks.push(chunk);
  } catch (error) {
    if (error instanceof BaseError) throw error;
    throw new RetryableError(`The manifest at ${entry.manifestURI} could not be fetched.`, { cause: error });
  }
  const manifest = checkManifest(Buffer.concat(chunks), entry);
  if (kept !== null) await keep(kept, Buffer.concat(chunks)).catch(() => undefined);
  return manifest;
}

async function keep(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
}

/** A manifest that is not the one, or not of the file, that the chain names. */
export class BadManifestError extends BaseError {
  override readonly name = "BadManifestError";
}

/** Reads a manifest's bytes and compares it with what the chain says about the entry. */
export function checkManifest(bytes: Uint8Array, entry: EntryFacts): Manifest {
  if (bytes.length > MAX_MANIFEST_BYTES)
    throw new InvalidInputError(`A manifest has at most ${MAX_MANIFEST_BYTES} bytes.`);
  const manifest = parseManifest(parseJson(bytes));
  const found = manifestHash(manifest, nodeHashing.sha256);
  if (found !== entry.manifestHash) {
    throw new BadManifestError("This is not the manifest that the entry names.", {
      metaMessages: [`SHA-256 of what was found: ${found}`, `SHA-256 of the entry: ${entry.manifestHash}`],
    });
  }
  const file = modelFile(manifest);
  const same =
    prefixedHex(file.sha256) === entry.modelSha256 &&
    prefixedHex(file.piecesRoot) === entry.modelRoot &&
    file.size === entry.modelSize;
  if (!same) {
    throw new BadManifestError("The manifest names another model file than the entry.", {
      metaMessages: [
        `manifest: ${file.sha256}, ${file.size} bytes`,
        `entry: ${bareHex(entry.modelSha256)}, ${entry.modelSize} bytes`,
      ],
    });
  }
  return manifest;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new InvalidInputError("The manifest is not JSON.", { metaMessages: [shortMessageOf(error)], cause: error });
  }
}
