import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import type { Hex } from "viem";
import { prefixedHex } from "#protocol/hashing.ts";
import { takeThreads } from "./hashThreads.ts";
import { createRootHasher } from "./pieceTree.ts";

/** Both hashes of a file, of the same bytes. */
export type HashedFile = { readonly size: number; readonly sha256: Hex; readonly piecesRoot: Hex };

export type HashOptions = {
  readonly signal?: AbortSignal | undefined;
  /** Bytes hashed. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
};

const chunkBytes = 1_048_576;
/** Bytes from which two threads are worth their start. */
const smallFile = 33_554_432;

/**
 * Reads a file once and returns its SHA-256 and pieces root. Large files: one thread reads and hashes the whole, a
 * second one hashes the pieces of the same bytes, and this thread stays free. Memory: 8 MiB and one piece's tree.
 */
export async function hashFileOnDisk(path: string, options: HashOptions = {}): Promise<HashedFile> {
  const file = await open(path, "r");
  const { size } = await file.stat().finally(() => file.close());
  return size < smallFile ? await hashHere(path, size, options) : await hashInThreads(path, size, options);
}

async function hashHere(path: string, size: number, { signal, onProgress }: HashOptions): Promise<HashedFile> {
  const file = await open(path, "r");
  try {
    const [whole, pieces] = [createHash("sha256"), createRootHasher(size)];
    const buffer = Buffer.allocUnsafe(chunkBytes);
    let read = 0;
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(buffer, 0, chunkBytes, null);
      if (bytesRead === 0) break;
      const chunk = buffer.subarray(0, bytesRead);
      whole.update(chunk);
      pieces.update(chunk);
      read += bytesRead;
      onProgress?.(read);
    }
    return { size: read, sha256: prefixedHex(whole.digest("hex")), piecesRoot: pieces.digest() };
  } finally {
    await file.close();
  }
}

async function hashInThreads(path: string, size: number, { signal, onProgress }: HashOptions): Promise<HashedFile> {
  signal?.throwIfAborted();
  const threads = takeThreads();
  const abort = Promise.withResolvers<never>();
  const onAbort = (): void => abort.reject(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    const [whole, pieces] = await Promise.race([threads.hash({ path, size }, onProgress), abort.promise]);
    threads.giveBack();
    return { size: whole.bytes, sha256: whole.hash, piecesRoot: pieces.hash };
  } catch (error) {
    await threads.end();
    throw error;
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}
