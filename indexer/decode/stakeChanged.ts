import type { Hex } from "viem";
import { toEventSelector } from "viem";
import { InvalidInputError } from "#protocol/errors.ts";
import type { Log } from "../chain/log.ts";
import type { StakeChanged } from "./events.ts";

/** Topic of `StakeChanged`, which is nearly all of what a contest emits. */
export const STAKE_CHANGED = toEventSelector(
  "StakeChanged(address indexed,uint256 indexed,uint256,uint256,uint256,uint256)",
);

/** Digits of a 32-byte word in hex. */
const WORD = 64;

/** Decodes `StakeChanged` by hand: the general decoder takes longer than the rest of the fold. */
export function decodeStakeChanged({ topics: [, voter, entryId], data }: Log): StakeChanged {
  if (voter === undefined || entryId === undefined || data.length !== 2 + 4 * WORD) {
    throw new InvalidInputError("A log that says StakeChanged does not have the shape of one.");
  }
  const word = (index: number) => BigInt(`0x${data.slice(2 + index * WORD, 2 + (index + 1) * WORD)}`);
  return {
    name: "StakeChanged",
    voter: `0x${voter.slice(26)}` as Hex,
    entryId: Number(BigInt(entryId)),
    stake: word(0),
    weight: word(1),
    entryWeight: word(2),
    timestamp: Number(word(3)),
  };
}
