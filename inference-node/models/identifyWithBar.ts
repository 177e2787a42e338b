import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { StoreOptions } from "./modelStore.ts";
import type { ModelIdentity } from "./verifyModelFile.ts";
import { identifyModelFile } from "./verifyModelFile.ts";

/** Reads a file once, shows how far that is, and returns its size, SHA-256 and pieces root. */
export async function identifyWithBar(
  path: string,
  open: StoreOptions["progress"],
  signal?: AbortSignal,
): Promise<ModelIdentity> {
  const size = (await stat(path).catch(() => null))?.size ?? 0;
  const progress = open?.(`hashing ${basename(path)}`, size);
  return await identifyModelFile(path, { signal, onProgress: progress?.at }).finally(() => progress?.end());
}
