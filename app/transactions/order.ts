import type { Address } from "viem";
import type { OrderKind } from "#protocol/typedData.ts";

/** One act of a person that they sign and a relay carries: what they read, and what is signed, from the same arguments. */
export type OrderAct = {
  /** What the steps are headed with. */
  readonly title: string;
  /** News when it is confirmed. */
  readonly done: string;
  readonly contest: Address;
  readonly coin: Address;
  readonly kind: OrderKind;
  readonly entryId: number;
  /** Wei of the contest's coin. */
  readonly wei: bigint;
  /** How amounts of wei in an error are written. */
  readonly amount: (wei: bigint) => string;
};
