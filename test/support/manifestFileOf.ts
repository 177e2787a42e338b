import { bareHex, toBytes32 } from "#protocol/hashing.ts";
import type { ManifestFile } from "#protocol/manifest.ts";
import { hashFile } from "#protocol/piecesRoot.ts";
import { nodeHashing } from "../../inference-node/models/nodeHashing.ts";

/** A file as a manifest describes it, hashed by the law's own code and not by the node's. */
export async function manifestFileOf(
  bytes: Uint8Array | AsyncIterable<Uint8Array>,
  more: Partial<ManifestFile> = {},
): Promise<ManifestFile> {
  const hashes = await hashFile(bytes instanceof Uint8Array ? [bytes] : bytes, nodeHashing);
  return {
    role: "model",
    name: "m.gguf",
    size: hashes.size,
    sha256: bareHex(toBytes32(hashes.sha256)),
    piecesRoot: bareHex(toBytes32(hashes.piecesRoot)),
    pieceLength: hashes.pieceLength,
    pieceLayer: hashes.pieceLayer.map((hash) => bareHex(toBytes32(hash))),
    urls: [],
    ...more,
  };
}
