import type { Hex } from "viem";
import { keccak256 } from "viem";

/** What a block says of its logs in `logsBloom`. Source: the Yellow Paper, 4.3.1. */
export function bloomOf(logs: readonly { readonly address: Hex; readonly topics: readonly Hex[] }[]): Hex {
  const bytes = new Uint8Array(256);
  for (const { address, topics } of logs) {
    for (const value of [address, ...topics]) {
      for (const bit of bitsOf(value)) bytes[255 - (bit >> 3)] = (bytes[255 - (bit >> 3)] ?? 0) | (1 << (bit & 7));
    }
  }
  return `0x${Buffer.from(bytes).toString("hex")}`;
}

const known = new Map<Hex, readonly number[]>();
function bitsOf(value: Hex): readonly number[] {
  const found = known.get(value);
  if (found !== undefined) return found;
  const hash = keccak256(value, "bytes");
  const bits = [0, 2, 4].map((at) => (((hash[at] ?? 0) << 8) | (hash[at + 1] ?? 0)) & 2_047);
  known.set(value, bits);
  return bits;
}
