import type { Logger } from "pino";
import type { Address, Hex, PublicClient, TransactionReceipt } from "viem";
import { parseEventLogs } from "viem";
import { contestAbi } from "#protocol/abi.ts";
import type { RelayReason } from "#protocol/relay.ts";
import type { Batches } from "./batches.ts";
import { BY_ANOTHER } from "./batches.ts";
import type { Flights } from "./flights.ts";
import { NONCE_SPENT, reasonOf } from "./reason.ts";
import type { Flight, InBlock, KeptOrder, Store } from "./store.ts";

const GWEI = 1_000_000_000n;

export type Landings = ReturnType<typeof createLandings>;

/** Writes down what became of transactions, and takes it back where a reorganisation takes them out of their block. */
export function createLandings(options: {
  readonly client: PublicClient;
  readonly store: Store;
  readonly flights: Flights;
  readonly batches: Batches;
  /** Blocks on top of a transaction's own after which it is settled. */
  readonly confirmations: number;
  readonly now: () => number;
  readonly log: Logger;
}) {
  const { client, store, flights, batches, confirmations, now, log } = options;
  /** The newest block at the last look; nothing moves while it stays. */
  let head: Hex | null = null;

  /** What an order came to in this transaction; null where another than this one tells. */
  async function outcomeOf(kept: KeptOrder, flight: Flight, skip: RelayReason | undefined): Promise<Outcome | null> {
    if (skip === undefined) return { is: "done", at: null, reason: null };
    if (kept.state !== "sent" || !isIn(kept, flight)) return null;
    const carried = skip.error === NONCE_SPENT ? await batches.whoCarried(kept) : null;
    return carried === null ? { is: "skipped", reason: skip } : { is: "done", at: carried, reason: BY_ANOTHER };
  }

  /** A transaction is in a block: what it carried is decided, as long as that block stays. */
  async function land(flight: Flight, receipt: TransactionReceipt): Promise<void> {
    const at = { hash: receipt.transactionHash, block: Number(receipt.blockNumber) };
    const isOk = receipt.status === "success";
    const skipped = parseEventLogs({ abi: contestAbi, eventName: "OrderSkipped", logs: receipt.logs }).filter(
      ({ address }) => address.toLowerCase() === flight.to,
    );
    const kept = flight.digests.flatMap((digest) => store.find(digest) ?? []);
    const outcomes = new Map<Hex, Outcome | null>();
    for (const one of isOk && flight.kind === "carry" ? kept : []) {
      const event = skipped.find(({ args }) => isOf(one, args));
      outcomes.set(one.digest, await outcomeOf(one, flight, event && reasonOf(event.args.reason)));
    }
    store.together(() => {
      if (!flight.isBooked) book(flight, kept, receipt);
      const landed = { blockHash: receipt.blockHash, block: at.block };
      store.setFlight({ ...flight, landed, isBooked: true });
      for (const one of flight.kind === "carry" ? kept : []) {
        const outcome = outcomes.get(one.digest) ?? null;
        if (!isOk && one.state === "sent" && isIn(one, flight)) store.markWaiting(one.digest, true);
        else if (outcome?.is === "done") store.markDone(one.digest, outcome.at ?? at, outcome.reason);
        else if (outcome?.is === "skipped") {
          store.markSkipped(one.digest, outcome.reason, at);
          if (!flight.isBooked && outcome.reason.error !== NONCE_SPENT) store.attempt(one.order.voter, "wasted", now());
        }
      }
    });
    const { kind, digests } = flight;
    log.info({ kind, ...at, orders: digests.length, skipped: skipped.length, status: receipt.status }, "landed");
  }

  function book({ kind, contest }: Flight, kept: readonly KeptOrder[], receipt: TransactionReceipt): void {
    const orders = kind === "carry" && receipt.status === "success" ? kept.length : 0;
    const gwei = Number((receipt.gasUsed * receipt.effectiveGasPrice + GWEI - 1n) / GWEI);
    store.spend({ at: now(), contest, gas: Number(receipt.gasUsed), gwei, orders });
    if (kind === "permit") for (const { order } of kept) store.attempt(order.voter, "permit", now());
  }

  /** Its nonce is used by another transaction: it will never be in a block, and what it carried waits again. */
  function lose(flight: Flight): void {
    store.together(() => {
      store.dropFlight(flight);
      for (const digest of flight.digests) {
        const kept = store.find(digest);
        if (flight.kind === "permit") store.markPermitted(digest, false);
        else if (kept === undefined || !isIn(kept, flight)) continue;
        else if (kept.state === "sent") store.markWaiting(digest, false);
        else store.markSkipped(digest, REPLACED, null);
      }
    });
    log.warn({ nonce: flight.nonce }, "the account's nonce was used elsewhere; its orders wait again");
  }

  /** A reorganisation took it out of its block: it is on its way again, and so is what it carried. */
  async function unland(flight: Flight): Promise<void> {
    const again = { ...flight, landed: null, sentAt: now() };
    store.together(() => {
      store.setFlight(again);
      for (const digest of flight.kind === "carry" ? flight.digests : []) {
        const kept = store.find(digest);
        if (kept === undefined || !isIn(kept, flight)) continue;
        const { contest, voter, entryId, nonce } = kept.order;
        // Another order that came since may hold the nonce; then this one is what it was until the chain has spoken.
        if (!store.openNonces(contest, voter, entryId).includes(nonce)) store.markSent(digest, kept.hash);
      }
    });
    log.warn({ nonce: flight.nonce, block: flight.landed?.block }, "its block is gone; it is sent again");
    await flights.send(again);
  }

  return {
    land,
    lose,
    /** What is on its way has a new version. */
    renew(flight: Flight, hash: Hex): void {
      for (const digest of flight.kind === "carry" ? flight.digests : []) {
        const kept = store.find(digest);
        if (kept?.state === "sent" && isIn(kept, flight)) store.markSent(digest, hash);
      }
    },
    /**
     * Looks after transactions whose blocks are not deep yet, as often as there is a new block. Returns whether it is
     * sure where each of them is: until then nothing may be sent that could take one's nonce.
     */
    async watch(): Promise<boolean> {
      const shallow = store.flights().filter(({ landed }) => landed !== null);
      if (shallow.length === 0) return true;
      const { hash, number } = await client.getBlock();
      if (hash === head) return true;
      let isSure = true;
      for (const flight of shallow) {
        const receipt = await flights.lookAgain(flight);
        if (receipt === "unsure") isSure = false;
        else if (receipt === null) await unland(flight);
        else if (receipt.blockHash !== flight.landed?.blockHash) await land(flight, receipt);
        else if (number - receipt.blockNumber >= BigInt(confirmations)) store.dropFlight(flight);
      }
      head = isSure ? hash : null;
      return isSure;
    },
  };
}

/** `at`: where somebody else's transaction carried it. */
type Outcome =
  | { readonly is: "done"; readonly at: InBlock | null; readonly reason: RelayReason | null }
  | { readonly is: "skipped"; readonly reason: RelayReason };

const REPLACED: RelayReason = {
  error: null,
  values: [],
  message: "A reorganisation of the chain undid it, and another order with its nonce waits.",
};

function isIn<T extends KeptOrder>(kept: T, { hashes }: Flight): kept is T & { readonly hash: Hex } {
  return kept.hash !== null && hashes.includes(kept.hash);
}

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
