import type { Hex } from "viem";
import { encodeFunctionData, slice } from "viem";
import { contestAbi, demoCoinAbi } from "#protocol/abi.ts";
import type { Permit, SignedOrder } from "#protocol/relay.ts";
import type { Order } from "#protocol/typedData.ts";
import { hashOrder, ORDER_KINDS } from "#protocol/typedData.ts";
import type { KnownContest } from "./contests.ts";

/** The call that carries these orders of one contest. */
export function carryData(orders: readonly SignedOrder[]): Hex {
  return encodeFunctionData({ abi: contestAbi, functionName: "carry", args: [orders.map(forContract)] });
}

/** The call that the contest makes to itself for one order. */
export function carryOneData(order: SignedOrder, { coin, domain }: Pick<KnownContest, "coin" | "domain">): Hex {
  return encodeFunctionData({ abi: contestAbi, functionName: "carryOne", args: [forContract(order), coin, domain] });
}

export function permitData({ voter, contest }: SignedOrder, { value, deadline, signature }: Permit): Hex {
  const v = Number(slice(signature, 64));
  return encodeFunctionData({
    abi: demoCoinAbi,
    functionName: "permit",
    args: [
      voter,
      contest,
      BigInt(value),
      BigInt(deadline),
      v < 27 ? v + 27 : v,
      slice(signature, 0, 32),
      slice(signature, 32, 64),
    ],
  });
}

/** What the voter signed, by which the order is known. */
export function digestOf(order: SignedOrder, chainId: number): Hex {
  return hashOrder(order.kind, fields(order), { chainId, verifyingContract: order.contest });
}

function forContract(order: SignedOrder) {
  return { kind: ORDER_KINDS.indexOf(order.kind), ...fields(order), signature: order.signature };
}

function fields({ voter, entryId, amount, nonce, deadline }: SignedOrder): Order {
  return {
    voter,
    entryId: BigInt(entryId),
    amount: BigInt(amount),
    nonce: BigInt(nonce),
    deadline: BigInt(deadline),
  };
}
