import { readFile } from "node:fs/promises";
import { InvalidInputError, shortMessageOf } from "#protocol/errors.ts";
import type { Manifest } from "#protocol/manifest.ts";
import { parseManifest } from "#protocol/manifest.ts";

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
  return parseManifest(value);
}
