import type { Logger } from "pino";
import type { Address, Hex, PublicClient } from "viem";
import type { RelayReason } from "#protocol/relay.ts";
import type { Budget } from "./budget.ts";
import { carriedByAnother } from "./carriedByAnother.ts";
import { carryData, permitData } from "./carryData.ts";
import { allowanceOf, checkBatch, checkOrder } from "./checkOrder.ts";
import type { Contests, KnownContest } from "./contests.ts";
import type { Limits } from "./limits.ts";
import { batchGas, PERMIT_GAS } from "./orderGas.ts";
import { NONCE_SPENT } from "./reason.ts";
import { RefusedError } from "./refusedError.ts";
import type { Flight, KeptOrder, Store } from "./store.ts";

/** Waiting orders looked through for one batch, as a multiple of its size. */
const LOOK_AHEAD = 10;
/** Batches that an order may make fail before it is given up. */
const MOST_FAILURES = 2;

export type Batches = ReturnType<typeof createBatches>;

/** What one transaction is to do: carry these orders of one contest, or the permit that one needs first. */
export type Batch = Pick<Flight, "kind" | "contest" | "to" | "data" | "gas" | "digests">;

/** Chooses what goes next among the orders that wait, and gives up those that would only cost gas. */
export function createBatches(options: {
  readonly client: PublicClient;
  readonly contests: Contests;
  readonly store: Store;
  readonly budget: Budget;
  readonly limits: Limits;
  readonly carrier: Address;
  readonly now: () => number;
  readonly log: Logger;
}) {
  const { client, contests, store, budget, limits, carrier, now, log } = options;
  /** A permit goes alone: it and the batches of those who need none take turns, so that neither waits for ever. */
  let isPermitsTurn = false;

  /** Contests whose orders have waited long enough, or are enough for a batch. */
  function due(isDraining: boolean): readonly Address[] {
    return store
      .contestsWaiting()
      .filter(({ oldest, orders }) => isDraining || orders >= limits.ordersPerBatch || now() - oldest >= limits.batchMs)
      .map(({ contest }) => contest);
  }

  /** The next of these contests' orders that the budget has room for at `fee` wei for a unit of gas; null for none. */
  async function next(due: readonly Address[], fee: bigint): Promise<Batch | null> {
    for (const address of due) {
      const contest = await serve(address);
      const batch = contest === null ? null : await nextOf(contest, budget.room(address, fee));
      if (batch !== null) return batch;
    }
    return null;
  }

  /** Null where the contest is not served any more: what waits for it cannot go, and holds nobody else up. */
  async function serve(address: Address): Promise<KnownContest | null> {
    try {
      return await contests.find(address);
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      const reason = { error: null, values: [], message: error.shortMessage };
      for (const { digest } of store.waiting(address, -1)) store.markSkipped(digest, reason, null);
      log.warn({ contest: address }, "its orders are given up: it is not served any more");
      return null;
    }
  }

  async function nextOf(contest: KnownContest, room: bigint): Promise<Batch | null> {
    const { good, permit } = await sort(contest);
    const batch = affordable(good, room);
    if (permit !== null && room >= PERMIT_GAS && (isPermitsTurn || batch.length === 0)) {
      isPermitsTurn = false;
      const { address, coin } = contest;
      return { kind: "permit", contest: address, to: coin, ...permit, gas: PERMIT_GAS };
    }
    const orders = await passing(contest.address, batch);
    if (orders.length === 0) return null;
    isPermitsTurn = true;
    const data = carryData(orders.map(({ order }) => order));
    const [gas, digests] = [batchGas(data, orders.length), orders.map(({ digest }) => digest)];
    return { kind: "carry", contest: contest.address, to: contest.address, data, gas, digests };
  }

  type Sorted = {
    /** Orders that would all be carried out now, one a voter. */
    readonly good: readonly KeptOrder[];
    /** The first permit that another needs before. */
    readonly permit: { readonly digests: Hex[]; readonly data: Hex } | null;
  };

  async function sort(contest: KnownContest): Promise<Sorted> {
    const waiting = store.waiting(contest.address, limits.ordersPerBatch * LOOK_AHEAD);
    const [oldest] = waiting;
    const good: KeptOrder[] = [];
    let permit: Sorted["permit"] = null;
    // Orders of different voters do not touch each other's coins or nonces, so each may be tried alone.
    const voters = new Set<Address>();
    for (const kept of oldest !== undefined && oldest.failures > 0 ? [oldest] : waiting) {
      const { order, digest } = kept;
      if (voters.has(order.voter) || (kept !== oldest && kept.failures > 0)) continue;
      voters.add(order.voter);
      const verdict = await checkOrder(client, contest, order);
      if (kept.failures >= MOST_FAILURES) await giveUp(kept, WHOLE_BATCH);
      else if (verdict.is === "bad") await giveUp(kept, verdict.reason);
      else if (verdict.is === "good") good.push(kept);
      else if (kept.permitted) await giveUp(kept, await shortOf(kept, contest));
      else if (order.permit !== null) permit ??= { digests: [digest], data: permitData(order, order.permit) };
      if (good.length === limits.ordersPerBatch || (permit !== null && isPermitsTurn)) break;
    }
    return { good, permit };
  }

  /** As many of the first as there is room for even if each uses up its allowance. */
  function affordable(orders: readonly KeptOrder[], room: bigint): readonly KeptOrder[] {
    const worst = (some: readonly KeptOrder[]) => batchGas(carryData(some.map(({ order }) => order)), some.length);
    let some = orders;
    while (some.length > 0 && worst(some) > room) some = some.slice(0, -1);
    return some;
  }

  /** A coin can make a batch fail whole; then orders go alone, and those that fail alone do not go. */
  async function passing(contest: Address, orders: readonly KeptOrder[]): Promise<readonly KeptOrder[]> {
    const tryBatch = (some: readonly KeptOrder[]) =>
      checkBatch(client, { carrier, contest, orders: some.map(({ order }) => order) });
    if (orders.length === 0 || (await tryBatch(orders)) === null) return orders;
    for (const kept of orders) {
      const reason = await tryBatch([kept]);
      if (reason === null) return [kept];
      await giveUp(kept, reason);
    }
    return [];
  }

  async function shortOf({ order }: KeptOrder, contest: KnownContest): Promise<RelayReason> {
    const allowed = await allowanceOf(client, contest, order.voter);
    const message = `The permit did not help: the contest may take ${allowed} wei, and ${order.amount} are needed.`;
    return { error: "ERC20InsufficientAllowance", values: [order.contest, String(allowed), order.amount], message };
  }

  /** What was paid for it before, a permit or a batch that failed, was wasted; unless somebody else was quicker. */
  async function giveUp(kept: KeptOrder, reason: RelayReason): Promise<void> {
    const { digest, order, permitted, failures } = kept;
    const isSpent = reason.error === NONCE_SPENT;
    const carried = isSpent ? await whoCarried(kept) : null;
    store.together(() => {
      if (carried !== null) store.markDone(digest, carried, BY_ANOTHER);
      else store.markSkipped(digest, reason, null);
      if (!isSpent && (permitted || failures > 0)) store.attempt(order.voter, "wasted", now());
    });
    log.info({ digest, reason: reason.error ?? reason.message }, "not sent");
  }

  /** The transaction of somebody else that carried an order whose nonce is spent; null where none can be shown. */
  async function whoCarried({ order, since, digest }: KeptOrder) {
    return carriedByAnother(client, order, since).catch((error: unknown) => {
      log.warn({ digest, err: error }, "cannot see who spent its nonce");
      return null;
    });
  }

  return { due, next, whoCarried };
}

export const BY_ANOTHER: RelayReason = {
  error: null,
  values: [],
  message: "It was carried by another: this relay did not send that transaction.",
};

const WHOLE_BATCH: RelayReason = { error: null, values: [], message: "Whole batches with this order failed." };
