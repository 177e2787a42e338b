/** A node as the events alone describe it. Amounts in wei of the registry's coin, times in seconds since 1970. */
export type NodeCount = {
  readonly node: string;
  stake: bigint;
  /** 0 while it stays. */
  leavesAt: bigint;
  endpoint: string;
  openChallenges: number;
  answered: number;
  expired: number;
  attested: number;
  /** What it ever lost. */
  slashed: bigint;
};

/** A block challenge. The bond is in wei of the chain's own coin. */
export type BlockCount = {
  readonly id: bigint;
  readonly node: string;
  readonly contest: string;
  readonly entryId: bigint;
  readonly blockIndex: bigint;
  readonly challenger: string;
  readonly bond: bigint;
  readonly answerBy: bigint;
  state: "open" | "answered" | "expired";
};

/** Credits less collections of one account in one coin; `token` is zero for the chain's own coin. */
export type CreditCount = { readonly account: string; readonly token: string; amount: bigint };
