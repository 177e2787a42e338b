import { type Hex, toHex } from "viem";
import { createBlockCutter } from "./blockCutter.ts";
import { BaseError } from "./errors.ts";
import type { Sha256 } from "./hashing.ts";
import { toBytes32 } from "./hashing.ts";
import { hashPair } from "./hashPair.ts";

/** What `answerBlock` takes beside the challenge's id. */
export type BlockProof = {
  /** 16 KiB, or what is left for the last block. */
  readonly data: Hex;
  /** Siblings from the leaf's own up to the root's child; none for a file of one block. */
  readonly path: readonly Hex[];
};

/** A block was asked for that the file does not have. */
export class NoSuchBlockError extends BaseError {
  override readonly name = "NoSuchBlockError";
}

/**
 * Reads a file once and proves its block `index`, counted from 0. `chunks`: the file's bytes in order, cut anywhere.
 * Memory: one block and 32 bytes per block. Throws `NoSuchBlockError`. Source: BEP 52; contracts/PROTOCOL.md, Nodes.
 */
export async function proveBlock(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  index: number,
  sha256: Sha256,
): Promise<BlockProof> {
  const leaves: Uint8Array[] = [];
  let data: Hex | undefined;
  const cutter = createBlockCutter((block) => {
    if (leaves.length === index) data = toHex(block);
    leaves.push(sha256(block));
  });
  for await (const chunk of chunks) cutter.update(chunk);
  cutter.end();
  if (data === undefined)
    throw new NoSuchBlockError(`The file has ${leaves.length} blocks and so no block ${index}, counted from 0.`);
  return { data, path: pathOf(leaves, index, sha256).map(toBytes32) };
}

/** Siblings of leaf `index` on its way up. Missing leaves up to a power of two are 32 zero bytes. */
function pathOf(leaves: readonly Uint8Array[], index: number, sha256: Sha256): Uint8Array[] {
  const path: Uint8Array[] = [];
  let layer = leaves;
  let padding: Uint8Array = new Uint8Array(32);
  for (let place = index; layer.length > 1; place = Math.floor(place / 2)) {
    path.push(layer[place % 2 === 0 ? place + 1 : place - 1] ?? padding);
    const below = layer;
    const filler = padding;
    layer = Array.from({ length: Math.ceil(below.length / 2) }, (_, i) =>
      hashPair(below[2 * i] ?? filler, below[2 * i + 1] ?? filler, sha256),
    );
    padding = hashPair(filler, filler, sha256);
  }
  return path;
}
