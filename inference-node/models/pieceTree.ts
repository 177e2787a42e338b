import { hash } from "node:crypto";
import type { Hex } from "viem";
import { BLOCK_BYTES, createBlockCutter } from "#protocol/blockCutter.ts";
import { toBytes32 } from "#protocol/hashing.ts";
import { pieceLengthFor, rootOfPieceLayer } from "#protocol/piecesRoot.ts";
import { nodeHashing } from "./nodeHashing.ts";

const HASH_BYTES = 32;

/** How a file of `size` bytes is cut into pieces. Source: contracts/PROTOCOL.md, Entries. */
export type PieceCut = { readonly size: number; readonly pieceLength: number; readonly count: number };

export function cutIntoPieces(size: number): PieceCut {
  const pieceLength = pieceLengthFor(size);
  return { size, pieceLength, count: Math.max(1, Math.ceil(size / pieceLength)) };
}

/** Bytes of a piece; only the last one may be shorter. */
export function bytesOfPiece({ size, pieceLength }: PieceCut, piece: number): number {
  return Math.min(pieceLength, size - piece * pieceLength);
}

/**
 * Hashes one piece after the other, with one buffer for all: 32 bytes per block of a piece, whatever the file's size.
 * `update`: a piece's bytes, cut anywhere. `digest`: its hash in the layer, valid until the next `update`.
 *
 * Leaves are taken as text, which costs a third less than a buffer each.
 */
export function createPieceHasher(cut: PieceCut) {
  // A file of one piece has a tree as wide as the file; any other piece's is as wide as a piece.
  const blocks = Math.ceil((cut.count === 1 ? cut.size : cut.pieceLength) / BLOCK_BYTES);
  const width = 2 ** Math.ceil(Math.log2(Math.max(1, blocks)));
  const tree = Buffer.alloc(width * HASH_BYTES);
  let filled = 0;
  const cutter = createBlockCutter((block) => {
    tree.write(hash("sha256", block, "binary"), filled, "binary");
    filled += HASH_BYTES;
  });

  return {
    update: (chunk: Uint8Array): void => cutter.update(chunk),
    digest(): Buffer {
      cutter.end();
      tree.fill(0, filled);
      filled = 0;
      for (let nodes = width; nodes > 1; nodes /= 2) {
        for (let at = 0; at < nodes * HASH_BYTES; at += 2 * HASH_BYTES) {
          tree.write(hash("sha256", tree.subarray(at, at + 2 * HASH_BYTES), "binary"), at / 2, "binary");
        }
      }
      return tree.subarray(0, HASH_BYTES);
    },
    /** Forgets a piece that was begun. */
    reset(): void {
      cutter.end();
      filled = 0;
    },
  };
}

/**
 * The pieces root of a file whose size is known, in one pass. Memory: one piece's tree and at most 2,048 hashes.
 *
 * `update`: the file's bytes in order, cut anywhere; more than `size` are ignored.
 */
export function createRootHasher(size: number) {
  const cut = cutIntoPieces(size);
  const hasher = createPieceHasher(cut);
  const layer: Uint8Array[] = [];
  let inPiece = 0;

  const close = (): void => {
    layer.push(Uint8Array.from(hasher.digest()));
    inPiece = 0;
  };
  return {
    update(chunk: Uint8Array): void {
      for (let at = 0; at < chunk.length && layer.length < cut.count; ) {
        const part = chunk.subarray(at, at + bytesOfPiece(cut, layer.length) - inPiece);
        hasher.update(part);
        at += part.length;
        inPiece += part.length;
        if (inPiece === bytesOfPiece(cut, layer.length)) close();
      }
    },
    digest(): Hex {
      if (layer.length < cut.count) close();
      return toBytes32(rootOfPieceLayer(layer, cut.pieceLength, nodeHashing.sha256));
    },
  };
}
