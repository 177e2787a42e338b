import type { Address, Hex, PublicClient } from "viem";
import { erc20Abi } from "viem";
import type { RelayReason, SignedOrder } from "#protocol/relay.ts";
import { carryData, carryOneData, permitData } from "./carryData.ts";
import type { KnownContest } from "./contests.ts";
import { batchGas, intrinsicGas, ORDER_GAS, PERMIT_GAS } from "./orderGas.ts";
import { refusalOf } from "./reason.ts";

/** good: it would be carried out now. permit: it would be once its permit is carried. */
export type Verdict =
  | { readonly is: "good" }
  | { readonly is: "permit" }
  | { readonly is: "bad"; readonly reason: RelayReason };

/**
 * Tries an order without sending it, as the contest itself would, with the same gas. What fails is bad, and why is what
 * the contest or the coin says. Throws `RetryableError` where the chain's endpoint is silent.
 */
export async function checkOrder(client: PublicClient, contest: KnownContest, order: SignedOrder): Promise<Verdict> {
  const data = carryOneData(order, contest);
  const reason = await tryCall(client, {
    account: contest.address,
    to: contest.address,
    data,
    gas: ORDER_GAS + intrinsicGas(data),
  });
  if (reason === null) return { is: "good" };
  // The contest checks all of its own before it asks for the coins.
  const isCoins = !/^(Contest|Entries|Ballots|Orders|Persons)_/.test(reason.error ?? "");
  if (order.kind !== "Drop" || !isCoins || order.permit === null) return { is: "bad", reason };
  return checkPermit(client, contest, order, reason);
}

/** Whether the batch as a whole would pass; null when it does. */
export async function checkBatch(
  client: PublicClient,
  {
    carrier,
    contest,
    orders,
  }: { readonly carrier: Address; readonly contest: Address; readonly orders: readonly SignedOrder[] },
): Promise<RelayReason | null> {
  const data = carryData(orders);
  return tryCall(client, { account: carrier, to: contest, data, gas: batchGas(data, orders.length) });
}

export async function allowanceOf(
  client: PublicClient,
  { coin, address }: KnownContest,
  voter: Address,
): Promise<bigint> {
  return client
    .readContract({ address: coin, abi: erc20Abi, functionName: "allowance", args: [voter, address] })
    .catch(nothingOf);
}

async function checkPermit(
  client: PublicClient,
  contest: KnownContest,
  order: SignedOrder,
  reason: RelayReason,
): Promise<Verdict> {
  const { permit } = order;
  const amount = BigInt(order.amount);
  if (permit === null || (await allowanceOf(client, contest, order.voter)) >= amount) return { is: "bad", reason };
  if (BigInt(permit.value) < amount)
    return { is: "bad", reason: { error: null, values: [], message: "The permit is for fewer coins than the order." } };
  const balance = await client
    .readContract({ address: contest.coin, abi: erc20Abi, functionName: "balanceOf", args: [order.voter] })
    .catch(nothingOf);
  if (balance < amount) {
    const message = `The voter holds ${balance} wei of the coin, and ${amount} are needed.`;
    const values = [order.voter, String(balance), String(amount)];
    return { is: "bad", reason: { error: "ERC20InsufficientBalance", values, message } };
  }
  const refused = await tryCall(client, { to: contest.coin, data: permitData(order, permit), gas: PERMIT_GAS });
  return refused === null ? { is: "permit" } : { is: "bad", reason: refused };
}

/** A coin that does not answer has nothing to take; throws where it is the endpoint that is silent. */
function nothingOf(error: unknown): bigint {
  refusalOf(error);
  return 0n;
}

type Try = { readonly account?: Address; readonly to: Address; readonly data: Hex; readonly gas: bigint };

async function tryCall(client: PublicClient, call: Try): Promise<RelayReason | null> {
  try {
    await client.call(call);
    return null;
  } catch (error) {
    return refusalOf(error);
  }
}
