import type { Sha256 } from "./hashing.ts";

/** An inner node of a BEP 52 tree: SHA-256 of its two children. */
export function hashPair(left: Uint8Array, right: Uint8Array, sha256: Sha256): Uint8Array {
  const pair = new Uint8Array(64);
  pair.set(left, 0);
  pair.set(right, 32);
  return sha256(pair);
}
