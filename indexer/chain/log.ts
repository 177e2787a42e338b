import type { Hex } from "viem";

/** A log as the fold needs it. Hex is lower case. */
export type Log = {
  readonly address: Hex;
  readonly topics: readonly Hex[];
  readonly data: Hex;
  readonly block: number;
  readonly blockHash: Hex;
  readonly transaction: Hex;
  readonly logIndex: number;
};
