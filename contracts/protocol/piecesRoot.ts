import { BLOCK_BYTES, createBlockCutter } from "./blockCutter.ts";
import type { Hashing, Sha256 } from "./hashing.ts";
import { hashPair } from "./hashPair.ts";

const SMALLEST_PIECE = 1_048_576;
const MAX_PIECES = 2_048;

export type FileHashes = {
  /** Bytes read. */
  readonly size: number;
  /** SHA-256 of the whole file, 32 bytes. */
  readonly sha256: Uint8Array;
  /** Merkle root over 16 KiB blocks, 32 bytes. */
  readonly piecesRoot: Uint8Array;
  /** Bytes that one hash of the layer covers. */
  readonly pieceLength: number;
  /** Hashes of the pieces, in order; one hash for a file of at most one piece. */
  readonly pieceLayer: readonly Uint8Array[];
};

/** Smallest power of two, at least 1 MiB, that covers `size` bytes with at most 2,048 pieces. */
export function pieceLengthFor(size: number): number {
  let length = SMALLEST_PIECE;
  while (Math.ceil(size / length) > MAX_PIECES) length *= 2;
  return length;
}

/**
 * Hashes a file in one pass: SHA-256 of the whole and the Merkle tree over blocks of 16 KiB. `chunks`: the file's bytes
 * in order, cut anywhere. The last block is hashed unpadded; missing leaves up to a power of two are 32 zero bytes.
 * Memory: one block and 32 bytes per block. An empty file has a root of 32 zero bytes. Source: BEP 52.
 */
export async function hashFile(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  hashing: Hashing,
): Promise<FileHashes> {
  const hasher = createFileHasher(hashing);
  for await (const chunk of chunks) hasher.update(chunk);
  return hasher.digest();
}

/** The push form of `hashFile`, for readers that reuse one buffer. */
export function createFileHasher(hashing: Hashing) {
  const whole = hashing.createSha256();
  const leaves: Uint8Array[] = [];
  const cutter = createBlockCutter((block) => leaves.push(hashing.sha256(block)));
  let size = 0;

  function update(chunk: Uint8Array): void {
    whole.update(chunk);
    size += chunk.length;
    cutter.update(chunk);
  }

  function digest(): FileHashes {
    cutter.end();
    const pieceLength = pieceLengthFor(size);
    return { size, sha256: whole.digest(), pieceLength, ...foldTree(leaves, pieceLength, hashing.sha256) };
  }

  return { update, digest };
}

/** Root and piece layer of a tree. `leaves`: hashes of the blocks, in order. */
function foldTree(leaves: readonly Uint8Array[], pieceLength: number, sha256: Sha256) {
  const empty = new Uint8Array(32);
  if (leaves.length === 0) return { piecesRoot: empty, pieceLayer: [empty] };
  let layer = [...leaves];
  let padding: Uint8Array = empty;
  let covers = BLOCK_BYTES;
  let pieceLayer: readonly Uint8Array[] | undefined;
  while (layer.length > 1 || covers < Math.min(pieceLength, BLOCK_BYTES * leaves.length)) {
    if (covers === pieceLength) pieceLayer = layer;
    const above: Uint8Array[] = [];
    for (let i = 0; i < layer.length; i += 2)
      above.push(hashPair(layer[i] ?? padding, layer[i + 1] ?? padding, sha256));
    padding = hashPair(padding, padding, sha256);
    layer = above;
    covers *= 2;
  }
  const root = layer[0] ?? padding;
  return { piecesRoot: root, pieceLayer: pieceLayer ?? [root] };
}

/**
 * Root of the tree whose layer of pieces is given: proves a piece layer against a pieces root before it is believed.
 * Source: BEP 52.
 */
export function rootOfPieceLayer(pieceLayer: readonly Uint8Array[], pieceLength: number, sha256: Sha256): Uint8Array {
  let padding: Uint8Array = new Uint8Array(32);
  for (let covers = BLOCK_BYTES; covers < pieceLength; covers *= 2) padding = hashPair(padding, padding, sha256);
  let layer = [...pieceLayer];
  while (layer.length > 1) {
    const above: Uint8Array[] = [];
    for (let i = 0; i < layer.length; i += 2)
      above.push(hashPair(layer[i] ?? padding, layer[i + 1] ?? padding, sha256));
    padding = hashPair(padding, padding, sha256);
    layer = above;
  }
  return layer[0] ?? padding;
}
