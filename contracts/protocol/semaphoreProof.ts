import type { Hex } from "viem";
import { encodeAbiParameters } from "viem";

/**
 * Depth of the tree that proofs are made for: groups of up to 65,536 persons. Proofs for one depth look alike, whatever
 * the group's size, and need one pair of files. The contract takes every depth from 1 to 32.
 */
export const SEMAPHORE_DEPTH = 16;

/** A proof as Semaphore's library makes it; whole numbers as decimal strings. */
type SemaphoreProof = {
  readonly merkleTreeDepth: number;
  readonly merkleTreeRoot: string;
  readonly nullifier: string;
  readonly message: string;
  readonly scope: string;
  readonly points: readonly string[];
};

/** The bytes that `bind` takes in a contest with a Semaphore adapter. Source: interfaces/ISemaphorePersonhood.sol. */
export function encodeSemaphoreProof(proof: SemaphoreProof): Hex {
  const [a, b, c, d, e, f, g, h, ...more] = proof.points.map(BigInt);
  if (h === undefined || more.length > 0) throw new RangeError("a proof has eight points");
  const points = [a, b, c, d, e, f, g, h] as Points;
  const { merkleTreeDepth, merkleTreeRoot, nullifier, message, scope } = proof;
  return encodeAbiParameters(STRUCT, [
    {
      merkleTreeDepth: BigInt(merkleTreeDepth),
      merkleTreeRoot: BigInt(merkleTreeRoot),
      nullifier: BigInt(nullifier),
      message: BigInt(message),
      scope: BigInt(scope),
      points,
    },
  ]);
}

type Points = readonly [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];

const STRUCT = [
  {
    type: "tuple",
    components: [
      { name: "merkleTreeDepth", type: "uint256" },
      { name: "merkleTreeRoot", type: "uint256" },
      { name: "nullifier", type: "uint256" },
      { name: "message", type: "uint256" },
      { name: "scope", type: "uint256" },
      { name: "points", type: "uint256[8]" },
    ],
  },
] as const;
