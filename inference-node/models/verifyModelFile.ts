import { open } from "node:fs/promises";
import { basename } from "node:path";
import type { Hex } from "viem";
import type { ErrorDetails } from "#protocol/errors.ts";
import { BaseError, RetryableError } from "#protocol/errors.ts";
import type { HashOptions } from "./fileHash.ts";
import { hashFileOnDisk } from "./fileHash.ts";
import type { Untouched } from "./unchangedSince.ts";
import { unchangedSince } from "./unchangedSince.ts";

/** What the chain says a model file is. */
export type ModelIdentity = {
  /** Bytes. */
  readonly modelSize: number;
  readonly modelSha256: Hex;
  readonly modelRoot: Hex;
};

/** A file that is not the one the entry names. */
export class ModelMismatchError extends BaseError {
  override readonly name = "ModelMismatchError";
  /** What it is, as far as it was looked at. */
  readonly found: Partial<ModelIdentity>;

  constructor(shortMessage: string, { found, ...details }: ErrorDetails & { readonly found: Partial<ModelIdentity> }) {
    super(shortMessage, details);
    this.found = found;
  }
}

/** Reads a file once and returns its size, SHA-256 and pieces root. */
export async function identifyModelFile(path: string, options: HashOptions = {}): Promise<ModelIdentity> {
  const { size, sha256, piecesRoot } = await hashFileOnDisk(path, options);
  return { modelSize: size, modelSha256: sha256, modelRoot: piecesRoot };
}

/**
 * Makes sure that a file is the entry's: size first, since that costs nothing, then SHA-256 and pieces root.
 *
 * Returns a question: is it still what was read? Throws `ModelMismatchError` with both values of whatever differs,
 * `RetryableError` when the file was changed while it was read.
 */
export async function verifyModelFile(
  path: string,
  expected: ModelIdentity,
  signal?: AbortSignal,
  onProgress?: (bytes: number) => void,
): Promise<Untouched> {
  const untouched = await unchangedSince(path);
  const file = await open(path, "r");
  const { size } = await file.stat().finally(() => file.close());
  const found =
    size === expected.modelSize ? await identifyModelFile(path, { signal, onProgress }) : { modelSize: size };
  const differences = describeDifferences(found, expected);
  if (differences.length > 0) {
    throw new ModelMismatchError("This file is not the model of the entry; it was not loaded.", {
      found,
      metaMessages: [
        `file: ${basename(path)}`,
        ...differences,
        "Delete it and let the node fetch it again, or correct the models folder.",
      ],
    });
  }
  if (!(await untouched())) throw new RetryableError(`${basename(path)} was changed while it was read.`);
  return untouched;
}

function describeDifferences(found: Partial<ModelIdentity>, expected: ModelIdentity): string[] {
  const rows = [
    ["size", found.modelSize, expected.modelSize],
    ["SHA-256", found.modelSha256, expected.modelSha256],
    ["pieces root", found.modelRoot, expected.modelRoot],
  ] as const;
  return rows.flatMap(([label, is, should]) =>
    is === undefined || is === should ? [] : [`${label} of the file: ${is}`, `${label} of the entry: ${should}`],
  );
}
