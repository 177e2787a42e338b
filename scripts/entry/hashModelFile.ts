import { open } from "node:fs/promises";
import { bareHex, toBytes32 } from "#protocol/hashing.ts";
import type { ManifestFile } from "#protocol/manifest.ts";
import { createFileHasher } from "#protocol/piecesRoot.ts";
import { nodeHashing } from "../../inference-node/models/nodeHashing.ts";

/** One reused buffer of this size reads twice as fast as a stream. */
const CHUNK_BYTES = 1_048_576;

export type FileFacts = Pick<ManifestFile, "size" | "sha256" | "piecesRoot" | "pieceLength" | "pieceLayer">;

/** Reads a file once and returns what a manifest says about it. `onProgress` gets the bytes read so far. */
export async function hashModelFile(file: string, onProgress: (bytes: number) => void = () => {}): Promise<FileFacts> {
  const handle = await open(file, "r");
  try {
    const hasher = createFileHasher(nodeHashing);
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    let read = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, null);
      if (bytesRead === 0) break;
      hasher.update(buffer.subarray(0, bytesRead));
      read += bytesRead;
      onProgress(read);
    }
    const { size, sha256, piecesRoot, pieceLength, pieceLayer } = hasher.digest();
    const digits = (bytes: Uint8Array) => bareHex(toBytes32(bytes));
    return {
      size,
      sha256: digits(sha256),
      piecesRoot: digits(piecesRoot),
      pieceLength,
      pieceLayer: pieceLayer.map(digits),
    };
  } finally {
    await handle.close();
  }
}
