/**
 * What we use of Semaphore's library. Its own types name their files without endings, which TypeScript no longer
 * follows, so that the package looks empty to it. Source: @semaphore-protocol/core 4.14.2.
 */
declare module "@semaphore-protocol/core" {
  /** A secret and what others may see of it. */
  export class Identity {
    /** `privateKey`: any text; random without one. */
    constructor(privateKey?: string);
    /** What a group's admin adds to the group. Public. */
    readonly commitment: bigint;
    /** The secret, base64. */
    export(): string;
    static import(exported: string): Identity;
  }

  export type MerkleProof = {
    readonly root: bigint;
    readonly leaf: bigint;
    readonly index: number;
    readonly siblings: bigint[];
  };

  /** The tree of commitments. A removed member is 0. */
  export class Group {
    constructor(members?: readonly bigint[]);
    readonly root: bigint;
    readonly depth: number;
    /** −1 for a commitment that is not in the group. */
    indexOf(member: bigint): number;
    generateMerkleProof(index: number): MerkleProof;
  }

  export type SemaphoreProof = {
    readonly merkleTreeDepth: number;
    readonly merkleTreeRoot: string;
    readonly nullifier: string;
    readonly message: string;
    readonly scope: string;
    readonly points: readonly string[];
  };

  /** Proves that `identity` is in the group. `files`: paths on a machine, addresses in a page. */
  export function generateProof(
    identity: Identity,
    group: Group | MerkleProof,
    message: bigint,
    scope: bigint,
    depth: number,
    files: { readonly wasm: string; readonly zkey: string },
  ): Promise<SemaphoreProof>;
}
