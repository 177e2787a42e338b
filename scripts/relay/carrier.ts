import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { Address, Hex, PublicClient } from "viem";
import { shortMessageOf } from "#protocol/errors.ts";
import type { Batches } from "./batches.ts";
import type { Budget } from "./budget.ts";
import type { Flights } from "./flights.ts";
import type { Landings } from "./landings.ts";
import type { Limits } from "./limits.ts";
import type { Flight, Store } from "./store.ts";

/** Carries what waits: sends it in batches, one transaction at a time, and follows each until its block is deep. */
export function createCarrier(options: {
  readonly client: PublicClient;
  readonly store: Store;
  readonly batches: Batches;
  readonly flights: Flights;
  readonly landings: Landings;
  readonly budget: Budget;
  readonly limits: Limits;
  readonly carrier: Address;
  readonly now: () => number;
  readonly log: Logger;
}) {
  const { client, store, batches, flights, landings, budget, limits, carrier, now, log } = options;
  let [alarm, isDraining] = [Promise.withResolvers<void>(), false];
  let problem: string | null = null;

  /** One step: follow what is on its way, or send the next. Returns whether there is more to do at once. */
  async function step(): Promise<boolean> {
    if (!(await landings.watch())) return false;
    const flying = store.flights().find(({ landed }) => landed === null);
    return flying === undefined ? sendNext() : follow(flying);
  }

  async function sendNext(): Promise<boolean> {
    const due = batches.due(isDraining);
    const fees = due.length === 0 ? null : await flights.fees();
    if (due.length > 0 && fees === null) {
      problem = "Gas costs more than this relay pays now.";
      return false;
    }
    const batch = fees === null ? null : await batches.next(due, fees.maxFee);
    if (fees === null || batch === null) {
      problem = null;
      return false;
    }
    const balance = await client.getBalance({ address: carrier });
    if (balance < batch.gas * fees.maxFee) {
      problem = "This relay has run out of what pays for gas.";
      return false;
    }
    problem = null;
    const failed = await flights.begin(batch, fees, (hash) => mark(batch, hash));
    const { kind, digests } = batch;
    log.info({ kind, orders: digests.length, failed: failed === null ? undefined : shortMessageOf(failed) }, "sent");
    return true;
  }

  function mark({ kind, digests }: Pick<Flight, "kind" | "digests">, hash: Hex): void {
    for (const digest of digests) {
      if (kind === "carry") store.markSent(digest, hash);
      else store.markPermitted(digest, true);
    }
  }

  async function follow(flight: Flight): Promise<boolean> {
    const landing = await flights.look(flight);
    if (landing.is === "landed") {
      await landings.land(flight, landing.receipt);
      return true;
    }
    if (landing.is === "void") {
      landings.lose(flight);
      return true;
    }
    if (now() - flight.sentAt > limits.stuckMs) {
      const most = budget.weiLeft(flight.contest) / flight.gas;
      const failed = await flights.raise(flight, most, (hash) => landings.renew(flight, hash));
      log.warn({ nonce: flight.nonce, failed: failed === null ? undefined : shortMessageOf(failed) }, "raised the fee");
    }
    return false;
  }

  return {
    /** Why orders are not carried now; null when they are. */
    problem: () => problem,
    /** There may be something to do. */
    wake: () => alarm.resolve(),
    /** Works until `signal`; then carries what waits, as long as `drainMs`. */
    async run(signal: AbortSignal): Promise<void> {
      for (const flight of store.flights()) if (flight.landed === null) await flights.send(flight);
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
