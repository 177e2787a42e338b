/** What a relay gives, and to whom. Times in milliseconds. */
export type Limits = {
  /** Of one voter: orders that wait at once, and orders in a day; a permit that is paid for counts as one more. */
  readonly waitingPerVoter: number;
  readonly ordersPerDay: number;
  /** Orders in a minute from one network address; questions that cost the relay one to the chain, as many of each kind. */
  readonly ordersPerMinute: number;
  readonly ordersPerBatch: number;
  /** How long a batch that is not full waits for more. */
  readonly batchMs: number;
  /** Gas in an hour, for everybody. */
  readonly gasPerHour: number;
  /** Wei of the chain's own coin in a day, for everybody. */
  readonly weiPerDay: bigint;
  /** Percent of both that one contest gets at most, where several are served. */
  readonly contestShare: number;
  /** Wei for a unit of gas above which orders wait. */
  readonly maxFeePerGas: bigint;
  /** After how long a transaction that is in no block is sent again with a higher fee. */
  readonly stuckMs: number;
  /** How long a receipt must be missing, the nonce being used, before the transaction counts as lost. */
  readonly lostMs: number;
  /** Blocks on top of a transaction's own after which nobody looks again whether it is still there. */
  readonly confirmations: number;
  /** How long an ending relay waits for what is on its way. */
  readonly drainMs: number;
  readonly pollMs: number;
};

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** Orders of everybody that wait at once. */
export const MOST_WAITING = 5_000;
/** Orders of one voter in a day that were paid for and did nothing. */
export const MOST_WASTED = 3;
/** Seconds that an order must have left when it is taken. */
export const LEAST_LIFE = 30n;
/** Gas of an order and of a permit before any was measured. */
export const GUESSED_ORDER_GAS = 100_000;
