import type { Address, Hex, PublicClient } from "viem";
import { contestAbi } from "#protocol/abi.ts";
import { RetryableError } from "#protocol/errors.ts";
import type { RelayCosts, RelayNonces, SignedOrder } from "#protocol/relay.ts";
import type { Budget } from "./budget.ts";
import { carryData, digestOf } from "./carryData.ts";
import { checkOrder } from "./checkOrder.ts";
import type { Contests } from "./contests.ts";
import type { Limits } from "./limits.ts";
import { DAY_MS, GUESSED_ORDER_GAS, LEAST_LIFE, MOST_WAITING, MOST_WASTED } from "./limits.ts";
import { batchGas, PERMIT_GAS } from "./orderGas.ts";
import { RefusedError } from "./refusedError.ts";
import type { Attempt, KeptOrder, Store } from "./store.ts";

const NONCES = 112;

/** Where nonces are counted. */
type Place = { readonly contest: Address; readonly voter: Address; readonly entryId: string };

export type Intake = ReturnType<typeof createIntake>;

/** Takes orders in, or says why not; answers what became of them and what they cost. */
export function createIntake(options: {
  readonly client: PublicClient;
  readonly contests: Contests;
  readonly store: Store;
  readonly budget: Budget;
  readonly limits: Limits;
  readonly chainId: number;
  readonly payer: Address;
  readonly now: () => number;
  /** Called when there is something to carry. */
  readonly wake: () => void;
  /** Why nothing is taken now; null when orders are welcome. */
  readonly problem: () => string | null;
}) {
  const { client, contests, store, budget, limits, chainId, payer, now, wake, problem } = options;

  const gasPerOrder = () => store.gasPerOrder() ?? GUESSED_ORDER_GAS;

  /** Whether there is room for one order more, even if it uses up its allowance. `gasPrice`: wei for a unit. */
  function checkBudget(order: SignedOrder, gasPrice: bigint): void {
    const { contest, permit } = order;
    const worst = batchGas(carryData([order]), 1) + (permit === null ? 0n : PERMIT_GAS);
    const [open, openHere] = [store.open(), store.openIn(contest)];
    if (open >= MOST_WAITING || (open + 1) * gasPerOrder() > budget.gasLeft() || worst > BigInt(budget.gasLeft()))
      throw new RefusedError(503, "This relay has given what it gives in an hour; try again later or pay yourself.");
    if (worst * gasPrice > budget.weiLeft())
      throw new RefusedError(503, "This relay has given what it gives in a day; try again later or pay yourself.");
    if ((openHere + 1) * gasPerOrder() > budget.gasLeft(contest) || worst > budget.room(contest, gasPrice))
      throw new RefusedError(
        503,
        "This relay has given what it gives to one contest for now; try again later or pay yourself.",
      );
  }

  /** All that can be said without asking the chain; asked again before the order is kept, since others came meanwhile. */
  function checkLimits({ contest, voter, entryId, nonce }: SignedOrder): void {
    const trouble = problem();
    if (trouble !== null) throw new RefusedError(503, trouble);
    if (store.openNonces(contest, voter, entryId).includes(nonce))
      throw new RefusedError(409, `Another order with nonce ${nonce} of this voter for this entry waits already.`, {
        parameter: "nonce",
      });
    const given = (what: Attempt) => store.attemptsSince(voter, what, now() - DAY_MS);
    if (store.openOf(voter) >= limits.waitingPerVoter)
      throw new RefusedError(
        429,
        `${limits.waitingPerVoter} orders of this voter wait already; try again when they are carried.`,
      );
    if (given("accepted") + given("permit") >= limits.ordersPerDay)
      throw new RefusedError(429, `This relay carries ${limits.ordersPerDay} orders a day for one voter.`);
    if (given("wasted") >= MOST_WASTED)
      throw new RefusedError(429, "Too many orders of this voter failed on the chain today.");
  }

  const spentNonces = ({ contest, voter, entryId }: Place) =>
    ask(() =>
      client.readContract({
        address: contest,
        abi: contestAbi,
        functionName: "noncesOf",
        args: [voter, BigInt(entryId)],
      }),
    );

  /** Nobody watches a transaction of somebody else: where the chain has undone it, the order may wait again. */
  async function isDecided({ state, reason, order }: KeptOrder): Promise<boolean> {
    if (state !== "done" || reason === null) return state !== "skipped";
    return ((await spentNonces(order)) >> BigInt(order.nonce)) % 2n === 1n;
  }

  return {
    /** Keeps an order that would be carried out now. The same order a second time is not an error. */
    async accept(order: SignedOrder): Promise<{ readonly kept: KeptOrder; readonly isNew: boolean }> {
      const contest = await contests.find(order.contest);
      const digest = digestOf(order, chainId);
      const known = store.find(digest);
      if (known !== undefined && (await isDecided(known))) return { kept: known, isNew: false };
      if (order.permit !== null && order.kind !== "Drop")
        throw new RefusedError(400, "A permit goes with a drop only.", { parameter: "permit" });
      checkLimits(order);
      const { timestamp, number, baseFeePerGas } = await ask(() => client.getBlock());
      checkBudget(order, baseFeePerGas ?? 0n);
      const deadline = BigInt(order.deadline);
      if (deadline >= timestamp && deadline < timestamp + LEAST_LIFE)
        throw new RefusedError(422, `An order needs at least ${LEAST_LIFE} seconds to its deadline.`, {
          parameter: "deadline",
        });
      const verdict = await ask(() => checkOrder(client, contest, order));
      if (verdict.is === "bad")
        throw new RefusedError(422, `The contest would refuse this order. ${verdict.reason.message}`, {
          reason: verdict.reason,
        });
      const kept = store.together(() => {
        const meanwhile = store.find(digest);
        if (meanwhile !== undefined && meanwhile.state !== known?.state) return meanwhile;
        checkLimits(order);
        checkBudget(order, baseFeePerGas ?? 0n);
        store.keep(digest, order, { now: now(), since: Number(number) });
        return store.find(digest);
      });
      if (kept === undefined) throw new RetryableError("The relay's state does not keep what it is given.");
      wake();
      return { kept, isNew: true };
    },

    statusOf(digest: Hex): KeptOrder {
      const kept = store.find(digest);
      if (kept === undefined)
        throw new RefusedError(404, `This relay knows no order with the digest ${digest}.`, { parameter: "digest" });
      return kept;
    },

    async costs(): Promise<RelayCosts> {
      const gasPrice = await ask(() => client.getGasPrice());
      const { waitingPerVoter, ordersPerDay, ordersPerMinute, ordersPerBatch, batchMs, gasPerHour, weiPerDay } = limits;
      const gas = gasPerOrder();
      return {
        chainId,
        payer,
        gasPerOrder: gas,
        gasPrice: gasPrice.toString(),
        weiPerOrder: (gasPrice * BigInt(gas)).toString(),
        limits: {
          waitingPerVoter,
          ordersPerDay,
          ordersPerMinute,
          ordersPerBatch,
          batchMs,
          gasPerHour,
          gasLeftThisHour: budget.gasLeft(),
          weiPerDay: weiPerDay.toString(),
          weiLeftToday: budget.weiLeft().toString(),
          contestShare: contests.areSeveral ? limits.contestShare : 100,
        },
      };
    },

    async nonces(place: Place): Promise<RelayNonces> {
      const { contest, voter, entryId } = place;
      await contests.find(contest);
      const spent = await spentNonces(place);
      const waiting = store.openNonces(contest, voter, entryId);
      const free = (nonce: number) => ((spent >> BigInt(nonce)) & 1n) === 0n && !waiting.includes(nonce);
      const next = Array.from({ length: NONCES }, (_, nonce) => nonce).find(free) ?? null;
      return { contest, voter, entryId, next, waiting };
    },
  };
}

/** The chain's silence is a 503, whoever notices it. */
async function ask<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RefusedError) throw error;
    throw new RefusedError(503, "The chain's endpoint does not answer; try again in a moment.", { cause: error });
  }
}
