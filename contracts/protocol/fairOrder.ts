import type { Address, Hex } from "viem";
import { encodeAbiParameters, keccak256 } from "viem";

export type FairOrderSeed = {
  readonly chainId: number;
  readonly contest: Address;
  /** UTC day number: whole days since 1970. */
  readonly day: number;
  /** The viewer's wallet padded left to 32 bytes, or 32 random bytes kept in the browser. */
  readonly viewer: Hex;
};

const TAG = "coindrop.order.v1";

/** Seed of one viewer's order for one day. Source: contracts/PROTOCOL.md, Display. */
export function fairSeed({ chainId, contest, day, viewer }: FairOrderSeed): Hex {
  return keccak256(
    encodeAbiParameters(
      [{ type: "string" }, { type: "uint256" }, { type: "address" }, { type: "uint256" }, { type: "bytes32" }],
      [TAG, BigInt(chainId), contest, BigInt(day), viewer],
    ),
  );
}

/** Sorts entries by keccak256(abi.encode(seed, entryId)). Returns a new list. */
export function inFairOrder<T extends { readonly entryId: number }>(entries: readonly T[], seed: Hex): T[] {
  return entries
    .map((entry) => ({ entry, key: orderKey(seed, entry.entryId) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ entry }) => entry);
}

/** UTC day number at `time`, which is in seconds since 1970. */
export function dayAt(time: number): number {
  return Math.floor(time / 86_400);
}

function orderKey(seed: Hex, entryId: number): Hex {
  return keccak256(encodeAbiParameters([{ type: "bytes32" }, { type: "uint256" }], [seed, BigInt(entryId)]));
}
