import type { Hex } from "viem";
import { keccak256 } from "viem";
import type { Log } from "./log.ts";

const BYTES = 256;
const EMPTY = `0x${"00".repeat(BYTES)}`;
const LAST_BIT = BYTES * 8 - 1;

/** A block's own summary of its logs. Source: the Yellow Paper, 4.3.1. */
export type Bloom = {
  /** False means surely not; true means perhaps. */
  readonly mayHold: (value: Hex) => boolean;
};

const bitsOf = new Map<Hex, readonly number[]>();
const MOST_REMEMBERED = 20_000;

/** Reads a block's `logsBloom`; undefined where the chain gives none, or an empty one, which says nothing on some. */
export function readBloom(logsBloom: Hex | undefined): Bloom | undefined {
  if (logsBloom === undefined || logsBloom.length !== 2 + 2 * BYTES || logsBloom === EMPTY) return undefined;
  const bytes = Buffer.from(logsBloom.slice(2), "hex");
  return {
    mayHold(value) {
      for (const bit of bits(value)) if (((bytes[BYTES - 1 - (bit >> 3)] ?? 0) & (1 << (bit & 7))) === 0) return false;
      return true;
    },
  };
}

/** Whether a log can be one of the block's. */
export function mayHoldLog(bloom: Bloom, { address, topics }: Log): boolean {
  return bloom.mayHold(address) && topics.every(bloom.mayHold);
}

function bits(value: Hex): readonly number[] {
  const known = bitsOf.get(value);
  if (known !== undefined) return known;
  const hash = keccak256(value, "bytes");
  const found = [0, 2, 4].map((at) => (((hash[at] ?? 0) << 8) | (hash[at + 1] ?? 0)) & LAST_BIT);
  if (bitsOf.size >= MOST_REMEMBERED) bitsOf.clear();
  bitsOf.set(value, found);
  return found;
}
