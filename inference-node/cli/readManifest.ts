import { readFile } from "node:fs/promises";
import { BaseError, InvalidInputError, shortMessageOf } from "#protocol/errors.ts";
import type { Manifest } from "#protocol/manifest.ts";
import { parseManifest } from "#protocol/manifest.ts";

/** Faults that are named; a file that is something else has as many as fields. */
const MOST_FAULTS = 5;

/** Reads an entry.json. Throws `InvalidInputError` that says what is wrong with it. */
export async function readManifest(path: string): Promise<Manifest> {
  const value: unknown = await readFile(path, "utf8")
    .then(JSON.parse)
    .catch((error: unknown) => {
      throw new InvalidInputError(`The manifest ${path} cannot be read.`, {
        metaMessages: [shortMessageOf(error)],
        cause: error,
      });
    });
  try {
    return parseManifest(value);
  } catch (error) {
    throw new InvalidInputError(`${path} is not an entry's manifest.`, {
      metaMessages: error instanceof BaseError ? error.metaMessages.slice(0, MOST_FAULTS) : [shortMessageOf(error)],
      cause: error,
    });
  }
}
