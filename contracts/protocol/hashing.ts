import type { Hex } from "viem";

/** SHA-256 of one piece of data, 32 bytes out. Passed in, so that this room needs neither node:crypto nor a browser. */
export type Sha256 = (data: Uint8Array) => Uint8Array;

/** SHA-256 of a stream: `update` any number of times, then `digest` once. */
export type StreamingSha256 = {
  readonly update: (data: Uint8Array) => void;
  readonly digest: () => Uint8Array;
};

export type Hashing = {
  readonly sha256: Sha256;
  readonly createSha256: () => StreamingSha256;
};

/** 32 bytes as 0x-prefixed hex. */
export function toBytes32(bytes: Uint8Array): Hex {
  let hex = "0x";
  for (const byte of bytes) hex += byte.toString(16).padStart(2, "0");
  return hex as Hex;
}

/** A 0x-prefixed hash as the bare digits that file tools print. */
export function bareHex(hash: Hex): string {
  return hash.slice(2);
}

/** Bare digits of a hash as 0x-prefixed hex. */
export function prefixedHex(digits: string): Hex {
  return `0x${digits}`;
}
