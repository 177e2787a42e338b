import type { Abi, Address, Hex, TypedDataDefinition } from "viem";

/** One contract call, as it is simulated and then sent. */
export type Call = {
  readonly address: Address;
  readonly abi: Abi;
  readonly functionName: string;
  readonly args: readonly unknown[];
  /** Wei of the chain's own coin that go along. */
  readonly value?: bigint;
};

/** What a transaction may use while it is being sent. */
export type Hands = {
  readonly account: Address;
  readonly chainId: number;
  /** Seconds since 1970 by the chain's clock. */
  readonly now: number;
  readonly read: (call: Call) => Promise<unknown>;
  /** The account's code on chain; undefined where it has none. */
  readonly code: () => Promise<Hex | undefined>;
  /** Asks the wallet for a signature; `what` tells the person for what. */
  readonly sign: (data: TypedDataDefinition, what: string) => Promise<Hex>;
  /** Sends something that comes before the act itself, such as a permission, and waits for it. */
  readonly before: (call: Call, what: string) => Promise<void>;
};

/** One act of a person: what they read, and what is sent, from the same arguments. */
export type Transaction = {
  /** What the steps are headed with. */
  readonly title: string;
  /** News when it is confirmed. */
  readonly done: string;
  readonly contest: Address;
  /** Makes the call, after whatever must come before it. */
  readonly call: (hands: Hands) => Promise<Call>;
  /** How amounts of wei in an error are written. */
  readonly amount: (wei: bigint) => string;
};
