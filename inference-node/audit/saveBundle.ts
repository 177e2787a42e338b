import { appendFile, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { SavedBundle } from "./savedBundle.ts";

/** Adds a bundle to a file with one a line. Only its owner can read it: with the salt, guesses at what was asked can be tried. */
export async function saveBundle(file: string, bundle: SavedBundle): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await appendFile(file, `${JSON.stringify(bundle)}\n`, { mode: 0o600 });
}
