import type { Hex } from "viem";
import { hexToBytes } from "viem";

/** Gas that the contest gives each order. Source: contracts/contest/Orders.sol, ORDER_GAS. */
export const ORDER_GAS = 500_000n;
/** What must be left before each, and what noting a skipped one costs above that. Source: GAS_BEFORE_ORDER there. */
const BEFORE_ORDER = 513_000n;
const AROUND_ORDER = 15_000n;
const AROUND_BATCH = 60_000n;
/** Gas of a permit, with room for coins that do more: no honest one needs a third of it. */
export const PERMIT_GAS = 300_000n;
/** Most gas of a transaction. Source: EIP-7825. */
export const TRANSACTION_GAS = 16_777_216n;

/** What a call costs before its first step. Sources: EIP-2028 and the floor of EIP-7623. */
export function intrinsicGas(data: Hex): bigint {
  const bytes = hexToBytes(data);
  const nonzero = BigInt(bytes.reduce((count, byte) => (byte === 0 ? count : count + 1), 0));
  const zero = BigInt(bytes.length) - nonzero;
  const [standard, floor] = [16n * nonzero + 4n * zero, 40n * nonzero + 10n * zero];
  return 21_000n + (standard > floor ? standard : floor);
}

/** Enough for a batch in which every order uses up its allowance, so that none fails for want of gas. */
export function batchGas(data: Hex, orders: number): bigint {
  return intrinsicGas(data) + AROUND_BATCH + BEFORE_ORDER + BigInt(orders) * (ORDER_GAS + AROUND_ORDER);
}
