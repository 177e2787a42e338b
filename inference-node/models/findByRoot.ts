import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ModelIdentity } from "./verifyModelFile.ts";
import { identifyModelFile } from "./verifyModelFile.ts";

/**
 * Finds a model file by what its blocks are proven against, whatever it is named: among these paths, then in these
 * folders. Each of the right size is read whole. Null when none is it.
 */
export async function findByRoot(
  { modelRoot, modelSize }: Pick<ModelIdentity, "modelRoot" | "modelSize">,
  places: { readonly paths: readonly string[]; readonly folders: readonly string[]; readonly signal: AbortSignal },
): Promise<string | null> {
  const listed = await Promise.all(places.folders.map(modelsIn));
  for (const path of new Set([...places.paths, ...listed.flat()])) {
    if ((await stat(path).catch(() => null))?.size !== modelSize) continue;
    const found = await identifyModelFile(path, { signal: places.signal }).catch(() => null);
    if (found?.modelRoot === modelRoot) return path;
  }
  places.signal.throwIfAborted();
  return null;
}

async function modelsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith(".gguf")).map((name) => join(folder, name));
}
