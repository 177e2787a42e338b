/** An entry as the events alone describe it. Amounts in wei, scores in weight-seconds. */
export type EntryCount = {
  readonly id: bigint;
  readonly author: string;
  readonly modelSize: bigint;
  /** keccak256 over the three hashes, as the contract keeps it. */
  readonly identity: string;
  status: "live" | "challenged" | "retracted" | "removed";
  /** Whether the contest still holds the author's bond. */
  bondHeld: boolean;
  weight: bigint;
  /** Weight-seconds gathered inside the window up to `until`. */
  gathered: bigint;
  /** Seconds since 1970, never outside the window. */
  until: bigint;
  /** Coins that count for nothing. */
  support: bigint;
  staked: bigint;
  voters: number;
};

export type StakeCount = {
  readonly voter: string;
  readonly entryId: bigint;
  readonly stake: bigint;
  readonly weight: bigint;
};

export type ChallengeCount = {
  readonly id: bigint;
  readonly entryId: bigint;
  readonly challenger: string;
  readonly disputeId: bigint;
  readonly reason: string;
  /** Seconds since 1970; undefined where the block's time is not known. */
  readonly openedAt: bigint | undefined;
  /** Undefined while it is open. */
  ruling: bigint | undefined;
};
