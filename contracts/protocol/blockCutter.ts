/** Bytes of a leaf block. Source: BEP 52. */
export const BLOCK_BYTES = 16_384;

/**
 * Cuts a file that arrives in chunks into blocks of 16 KiB, the last one as short as it is, without copying whole blocks.
 * `take` gets each block in order and must not keep it: the next one may lie in the same bytes.
 */
export function createBlockCutter(take: (block: Uint8Array) => void) {
  const block = new Uint8Array(BLOCK_BYTES);
  let filled = 0;

  function update(chunk: Uint8Array): void {
    let offset = 0;
    while (offset < chunk.length) {
      if (filled === 0 && chunk.length - offset >= BLOCK_BYTES) {
        take(chunk.subarray(offset, offset + BLOCK_BYTES));
        offset += BLOCK_BYTES;
        continue;
      }
      const part = Math.min(BLOCK_BYTES - filled, chunk.length - offset);
      block.set(chunk.subarray(offset, offset + part), filled);
      filled += part;
      offset += part;
      if (filled === BLOCK_BYTES) {
        take(block);
        filled = 0;
      }
    }
  }

  /** Hands out the short last block, if there is one. */
  function end(): void {
    if (filled > 0) take(block.subarray(0, filled));
    filled = 0;
  }

  return { update, end };
}
