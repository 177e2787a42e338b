import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { Address, Hex, PublicClient, TransactionReceipt } from "viem";
import { parseEventLogs } from "viem";
import { contestAbi } from "#protocol/abi.ts";
import { shortMessageOf } from "#protocol/errors.ts";
import type { RelayReason } from "#protocol/relay.ts";
import { carryData, permitData } from "./carryData.ts";
import { allowanceOf, checkBatch, checkOrder } from "./checkOrder.ts";
import type { Contests } from "./contests.ts";
import type { Flights } from "./flights.ts";
import type { Limits } from "./limits.ts";
import { GUESSED_ORDER_GAS, HOUR_MS } from "./limits.ts";
import { batchGas } from "./orderGas.ts";
import { reasonOf } from "./reason.ts";
import type { Flight, KeptOrder, Store } from "./store.ts";

/** Waiting orders looked through for one batch, as a multiple of its size. */
const LOOK_AHEAD = 10;
/** Gas of a permit, with room for coins that do more. */
const PERMIT_GAS = 300_000n;
/** Batches that an order may make fail before it is given up. */
const MOST_FAILURES = 2;

/** Carries what waits: checks it once more, sends it in batches, one transaction at a time, and writes down what became of it. */
export function createCarrier(options: {
  readonly client: PublicClient;
  readonly contests: Contests;
  readonly store: Store;
  readonly flights: Flights;
  readonly limits: Limits;
  readonly carrier: Address;
  readonly now: () => number;
  readonly log: Logger;
}) {
  const { client, contests, store, flights, limits, carrier, now, log } = options;
  let [alarm, isDraining] = [Promise.withResolvers<void>(), false];
  let problem: string | null = null;

  /** One step: follow what is on its way, or send the next. Returns whether there is more to do at once. */
  async function step(): Promise<boolean> {
    const flight = store.flight();
    if (flight !== null) return follow(flight);
    const batch = await nextBatch();
    if (batch === null) {
      problem = null;
      return false;
    }
    const fees = await flights.fees();
    if (fees === null) {
      problem = "Gas costs more than this relay pays now.";
      return false;
    }
    const [first] = batch.orders;
    if (first === undefined) return true;
    const data = batch.permit === null ? carryData(batch.orders.map(({ order }) => order)) : batch.permit;
    const gas = batch.permit === null ? batchGas(data, batch.orders.length) : PERMIT_GAS;
    const balance = await client.getBalance({ address: carrier });
    if (balance < gas * fees.maxFee) {
      problem = "This relay has run out of what pays for gas.";
      return false;
    }
    problem = null;
    const digests = batch.orders.map(({ digest }) => digest);
    const kind = batch.permit === null ? "carry" : "permit";
    const failed = await flights.begin({ kind, to: batch.to, data, gas, digests }, fees, (hash) =>
      mark(kind, digests, hash),
    );
    log.info({ kind, orders: digests.length, failed: failed === null ? undefined : shortMessageOf(failed) }, "sent");
    return true;
  }

  function mark(kind: Flight["kind"], digests: readonly Hex[], hash: Hex): void {
    for (const digest of digests) {
      if (kind === "carry") store.markSent(digest, hash);
      else store.markPermitted(digest, true);
    }
  }

  async function follow(flight: Flight): Promise<boolean> {
    const landing = await flights.look(flight);
    if (landing.is === "landed") {
      land(flight, landing.receipt);
      return true;
    }
    if (landing.is === "void") {
      store.together(() => {
        store.setFlight(null);
        for (const digest of flight.digests) {
          if (flight.kind === "carry") store.markWaiting(digest, false);
          else store.markPermitted(digest, false);
        }
      });
      log.warn({ nonce: flight.nonce }, "the account's nonce was used elsewhere; its orders wait again");
      return true;
    }
    if (now() - flight.sentAt > limits.stuckMs) {
      const failed = await flights.raise(flight, (hash) => mark(flight.kind, flight.digests, hash));
      log.warn({ nonce: flight.nonce, failed: failed === null ? undefined : shortMessageOf(failed) }, "raised the fee");
    }
    return false;
  }

  function land({ kind, to, digests }: Flight, receipt: TransactionReceipt): void {
    const [hash, block] = [receipt.transactionHash, Number(receipt.blockNumber)];
    const isOk = receipt.status === "success";
    const skipped = parseEventLogs({ abi: contestAbi, eventName: "OrderSkipped", logs: receipt.logs }).filter(
      ({ address }) => address.toLowerCase() === to,
    );
    store.together(() => {
      store.setFlight(null);
      store.spend(Number(receipt.gasUsed), kind === "carry" && isOk ? digests.length : 0, now());
      if (kind === "permit") return;
      for (const digest of digests) {
        const kept = store.find(digest);
        if (kept === undefined) continue;
        const event = skipped.find(({ args }) => isOf(kept, args));
        if (!isOk) store.markWaiting(digest, true);
        else if (event === undefined) store.markDone(digest, hash, block);
        else store.markSkipped(digest, reasonOf(event.args.reason), { hash, block });
      }
    });
    log.info({ kind, hash, block, orders: digests.length, skipped: skipped.length, status: receipt.status }, "landed");
  }

  type Batch = { readonly to: Address; readonly orders: readonly KeptOrder[]; readonly permit: Hex | null };

  /** Orders of one contest that would all be carried out now, one a voter; or a permit that one of them needs first. */
  async function nextBatch(): Promise<Batch | null> {
    const waiting = store.waiting(limits.ordersPerBatch * LOOK_AHEAD);
    const [oldest] = waiting;
    if (oldest === undefined) return null;
    const isDue = isDraining || waiting.length >= limits.ordersPerBatch || now() - oldest.accepted >= limits.batchMs;
    if (!isDue || !hasBudget()) return null;
    const contest = await contests.find(oldest.order.contest);
    const orders: KeptOrder[] = [];
    // Orders of different voters do not touch each other's coins or nonces, so each may be tried alone.
    const voters = new Set<Address>();
    for (const kept of oldest.failures > 0 ? [oldest] : waiting) {
      const { order } = kept;
      if (order.contest !== contest.address || voters.has(order.voter)) continue;
      if (kept !== oldest && kept.failures > 0) continue;
      voters.add(order.voter);
      const verdict = await checkOrder(client, contest, order);
      if (kept.failures >= MOST_FAILURES) giveUp(kept, WHOLE_BATCH);
      else if (verdict.is === "bad") giveUp(kept, verdict.reason);
      else if (verdict.is === "good") orders.push(kept);
      else if (kept.permitted) giveUp(kept, await shortOf(kept));
      else if (order.permit !== null)
        return { to: contest.coin, orders: [kept], permit: permitData(order, order.permit) };
      if (orders.length === limits.ordersPerBatch) break;
    }
    return { to: contest.address, orders: await passing(contest.address, orders), permit: null };
  }

  /** A coin can make a batch fail whole; then orders go alone, and those that fail alone do not go. */
  async function passing(contest: Address, orders: readonly KeptOrder[]): Promise<readonly KeptOrder[]> {
    const tryBatch = (some: readonly KeptOrder[]) =>
      checkBatch(client, { carrier, contest, orders: some.map(({ order }) => order) });
    if (orders.length === 0 || (await tryBatch(orders)) === null) return orders;
    for (const kept of orders) {
      const reason = await tryBatch([kept]);
      if (reason === null) return [kept];
      giveUp(kept, reason);
    }
    return [];
  }

  async function shortOf({ order }: KeptOrder): Promise<RelayReason> {
    const allowed = await allowanceOf(client, await contests.find(order.contest), order.voter);
    const message = `The permit did not help: the contest may take ${allowed} wei, and ${order.amount} are needed.`;
    return { error: "ERC20InsufficientAllowance", values: [order.contest, String(allowed), order.amount], message };
  }

  function giveUp({ digest }: KeptOrder, reason: RelayReason): void {
    store.markSkipped(digest, reason, null);
    log.info({ digest, reason: reason.error ?? reason.message }, "not sent");
  }

  function hasBudget(): boolean {
    const spent = store.spentSince(now() - HOUR_MS);
    return spent + (store.gasPerOrder() ?? GUESSED_ORDER_GAS) <= limits.gasPerHour;
  }

  return {
    /** Why orders are not carried now; null when they are. */
    problem: () => problem,
    /** There may be something to do. */
    wake: () => alarm.resolve(),
    /** Works until `signal`; then carries what waits, as long as `drainMs`. */
    async run(signal: AbortSignal): Promise<void> {
      const flight = store.flight();
      if (flight !== null) await flights.send(flight);
      let endBy = Number.POSITIVE_INFINITY;
      for (;;) {
        if (signal.aborted && !isDraining) {
          isDraining = true;
          endBy = now() + limits.drainMs;
        }
        if (isDraining && (now() > endBy || store.open() === 0)) return;
        const more = await step().catch((error: unknown) => {
          problem = shortMessageOf(error);
          log.error({ err: problem }, "will try again");
          return false;
        });
        if (more) continue;
        alarm = Promise.withResolvers();
        await Promise.race([alarm.promise, sleep(limits.pollMs)]);
      }
    },
  };
}

const WHOLE_BATCH: RelayReason = { error: null, values: [], message: "Whole batches with this order failed." };

function isOf(
  { order }: KeptOrder,
  args: { readonly voter: Address; readonly entryId: bigint; readonly nonce: bigint },
) {
  return (
    args.voter.toLowerCase() === order.voter &&
    args.entryId === BigInt(order.entryId) &&
    args.nonce === BigInt(order.nonce)
  );
}
