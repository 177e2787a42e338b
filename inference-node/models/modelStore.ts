import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { ErrorDetails } from "#protocol/errors.ts";
import { BaseError } from "#protocol/errors.ts";
import { bareHex } from "#protocol/hashing.ts";
import type { Manifest, ManifestFile } from "#protocol/manifest.ts";
import { modelFile } from "#protocol/manifest.ts";
import type { PullLimits } from "./drawPieces.ts";
import type { EntryFacts } from "./entryFacts.ts";
import type { FetchBounds } from "./fetchBounded.ts";
import { mirrorsOf, ollamaBlobFolders } from "./mirror.ts";
import { identityOf, provePieces } from "./pieceMap.ts";
import type { Dropped } from "./pullFile.ts";
import { PullError, pullFile, pullLimits } from "./pullFile.ts";
import type { VerifiedFile } from "./verifiedFile.ts";
import { ModelMismatchError, verifyModelFile } from "./verifyModelFile.ts";

export type StoreOptions = {
  /** Where fetched files are kept under their SHA-256; entries with one file share it. */
  readonly folder: string;
  /** Folders of the operator's own with model files in them; nothing is written there. */
  readonly ownFolders: readonly string[];
  readonly allowPrivate: boolean;
  readonly signal: AbortSignal;
  readonly onRefused: (error: ModelMismatchError) => void;
  /** Base URLs of other nodes, asked for what they serve. */
  readonly nodes?: readonly string[];
  /** Asks for more of them, once a file has to be fetched. One that throws is done without. */
  readonly moreNodes?: (() => Promise<readonly string[]>) | undefined;
  /** Files to take pieces from. */
  readonly files?: readonly string[];
  /** Where Ollama keeps its blobs; its usual places when absent. */
  readonly blobFolders?: readonly string[];
  readonly limits?: Partial<PullLimits>;
  readonly lookup?: FetchBounds["lookup"];
  /** Shows somebody how far a file is. `total`: bytes. */
  readonly progress?: ((what: string, total: number) => FileProgress) | undefined;
  readonly onDropped?: (dropped: Dropped) => void;
};

/** `at`: bytes fetched and verified, or read. */
type FileProgress = { readonly at: (bytes: number) => void; readonly end: () => void };

/** A model that could not be had, with what was tried. */
export class ModelUnavailableError extends BaseError {
  override readonly name = "ModelUnavailableError";
  /** What was found in its place, by name and hashes. */
  readonly mismatches: readonly ModelMismatchError[];

  constructor(
    shortMessage: string,
    { mismatches = [], ...details }: ErrorDetails & { readonly mismatches?: readonly ModelMismatchError[] },
  ) {
    super(shortMessage, details);
    this.mismatches = mismatches;
  }
}

/** Pulls in this process, by the file's final path: entries that share a file wait for one pull. */
const ongoing = new Map<string, Promise<VerifiedFile>>();

/** Finds an entry's model file as `findFile` does. */
export async function findModelFile(
  entry: EntryFacts,
  manifest: Manifest,
  options: StoreOptions,
): Promise<VerifiedFile> {
  const said = {
    size: entry.modelSize,
    sha256: bareHex(entry.modelSha256),
    piecesRoot: bareHex(entry.modelRoot),
    what: `the model of entry ${entry.entryId}`,
  };
  return await findFile({ ...modelFile(manifest), ...said }, options);
}

/**
 * Finds a file that a manifest names, a model, an adapter or knowledge: kept from before, in a folder of the operator's,
 * or from mirrors.
 *
 * Whatever file is returned was read whole and equals the manifest in size, SHA-256 and pieces root. A download gets its
 * final name only after that. Throws `ModelUnavailableError` with the outcome of each attempt, `DiskFullError`, and
 * `InvalidInputError` when the manifest contradicts itself.
 */
export async function findFile(
  file: ManifestFile & { readonly what?: string },
  options: StoreOptions,
): Promise<VerifiedFile> {
  const identity = identityOf(file);
  const kept = storedPath(options.folder, file);
  const tried: string[] = [];
  const mismatches: ModelMismatchError[] = [];

  const own = await candidates(options.ownFolders, file);
  for (const { path, named } of [{ path: kept, named: true }, ...own]) {
    const progress = options.progress?.(`verifying ${file.name}`, file.size);
    try {
      return { path, untouched: await verifyModelFile(path, identity, options.signal, progress?.at) };
    } catch (error) {
      if (options.signal.aborted) throw error;
      if (isMissing(error) || (!named && error instanceof ModelMismatchError)) continue;
      if (error instanceof ModelMismatchError) {
        mismatches.push(error);
        options.onRefused(error);
      }
      tried.push(error instanceof Error ? error.message : String(error));
    } finally {
      progress?.end();
    }
  }
  try {
    return await pullOnce(kept, file, options);
  } catch (error) {
    if (error instanceof ModelMismatchError) options.onRefused(error);
    if (!(error instanceof PullError || error instanceof ModelMismatchError)) throw error;
    throw new ModelUnavailableError(`${file.name}, ${file.what ?? `a ${file.role} file`}, could not be had.`, {
      metaMessages: [...tried, ...(error instanceof PullError ? error.metaMessages : [error.shortMessage])],
      mismatches,
      cause: error,
    });
  }
}

/** Where a file lies in the store. Its name is its hash, whichever entries name it. */
export function storedPath(folder: string, { role, sha256 }: Pick<ManifestFile, "role" | "sha256">): string {
  return join(folder, role === "knowledge" ? sha256 : `${sha256}.gguf`);
}

/** Where a file seems to lie, by its name and size alone; null where it has to be fetched. Nothing is read. */
export async function seemsAt(
  file: FileName,
  { folder, ownFolders }: Pick<StoreOptions, "folder" | "ownFolders">,
): Promise<string | null> {
  const own = await candidates(ownFolders, file);
  for (const path of [storedPath(folder, file), ...own.map((one) => one.path)]) {
    if ((await stat(path).catch(() => null))?.size === file.size) return path;
  }
  return null;
}

async function pullOnce(path: string, file: ManifestFile, options: StoreOptions): Promise<VerifiedFile> {
  const before = ongoing.get(path);
  if (before !== undefined) return await before;
  const pull = pullFromAll(path, file, options);
  ongoing.set(path, pull);
  return await pull.finally(() => ongoing.delete(path));
}

async function pullFromAll(path: string, file: ManifestFile, options: StoreOptions): Promise<VerifiedFile> {
  const more = (await options.moreNodes?.().catch(() => [])) ?? [];
  const mirrors = mirrorsOf(file, {
    ...options,
    nodes: [...(options.nodes ?? []), ...more],
    files: options.files ?? [],
    blobFolders: options.blobFolders ?? ollamaBlobFolders(),
    stallMs: options.limits?.stallMs ?? pullLimits.stallMs,
  });
  const map = provePieces(file);
  const progress = options.progress?.(file.name, file.size);
  return await pullFile(path, {
    ...options,
    name: file.name,
    map,
    identity: identityOf(file),
    mirrors,
    ...(progress !== undefined && { onProgress: progress.at }),
  }).finally(() => progress?.end());
}

type FileName = Pick<ManifestFile, "role" | "name" | "size" | "sha256">;
type Candidate = { readonly path: string; readonly named: boolean };

/** Files that may be the one: named like it, or of its very size. Those named like it come first. */
async function candidates(folders: readonly string[], file: FileName): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for (const folder of folders) {
    for (const item of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      if (item.isDirectory() || (file.role !== "knowledge" && !item.name.endsWith(".gguf"))) continue;
      const path = join(folder, item.name);
      const named = item.name === file.name || item.name === basename(storedPath("", file));
      if (named) found.unshift({ path, named });
      else if ((await stat(path).catch(() => null))?.size === file.size) found.push({ path, named });
    }
  }
  return found;
}

function isMissing(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === "ENOENT";
}
