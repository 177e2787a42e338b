import type { Hex, LocalAccount, PublicClient, TransactionReceipt } from "viem";
import { keccak256 } from "viem";
import type { Flight, Store } from "./store.ts";

/** A replacement must pay at least a tenth more, or nodes ignore it; a quarter gets on. */
const RAISE = 125n;

/** Looks in a row at which a receipt must be missing: an endpoint of many machines may ask one that lags behind. */
const LOOKS = 3;

/** What became of a transaction. */
export type Landing =
  | { readonly is: "flying" }
  | { readonly is: "landed"; readonly receipt: TransactionReceipt }
  /** Its nonce was used by a transaction that is not ours: none of its versions can ever be included. */
  | { readonly is: "void" };

export type NewFlight = Pick<Flight, "kind" | "contest" | "to" | "data" | "gas" | "digests">;

export type Flights = ReturnType<typeof createFlights>;

/**
 * Sends one transaction at a time. Each is signed and written down before it is sent, and all its versions have one
 * nonce: after a crash it is sent again, and whatever happens at most one of them is ever included.
 */
export function createFlights(options: {
  readonly client: PublicClient;
  readonly account: LocalAccount;
  readonly chainId: number;
  readonly store: Store;
  /** Wei for a unit of gas that is never exceeded. */
  readonly maxFeePerGas: bigint;
  /** Milliseconds that a receipt must be missing before its transaction counts as lost. */
  readonly lostMs: number;
  readonly now: () => number;
}) {
  const { client, account, chainId, store, maxFeePerGas, lostMs, now } = options;
  /** Since when, and at how many looks, the receipt of a transaction was missing that should have one. By its raw form. */
  const missing = new Map<Hex, { readonly since: number; readonly looks: number }>();

  /** Notes that a receipt is missing again. */
  function miss({ raw }: Flight): { readonly since: number; readonly looks: number } {
    const { since, looks } = missing.get(raw) ?? { since: now(), looks: 0 };
    const seen = { since, looks: looks + 1 };
    missing.set(raw, seen);
    return seen;
  }

  async function receiptOf(flight: Flight): Promise<TransactionReceipt | null> {
    for (const hash of flight.hashes.toReversed()) {
      const receipt = await client.getTransactionReceipt({ hash }).catch(noReceipt);
      if (receipt === null) continue;
      missing.delete(flight.raw);
      return receipt;
    }
    return null;
  }

  async function sign(flight: Omit<Flight, "raw" | "sentAt">): Promise<Flight> {
    const raw = await account.signTransaction({
      type: "eip1559",
      chainId,
      nonce: flight.nonce,
      to: flight.to,
      data: flight.data,
      gas: flight.gas,
      maxFeePerGas: flight.maxFee,
      maxPriorityFeePerGas: flight.tip,
    });
    return { ...flight, raw, hashes: [...flight.hashes, keccak256(raw)], sentAt: now() };
  }

  /** Hands it to the network. That it is known already, or included already, shows in its receipt. */
  async function send({ raw }: Flight): Promise<unknown> {
    return client.sendRawTransaction({ serializedTransaction: raw }).then(
      () => null,
      (error: unknown) => error,
    );
  }

  return {
    /** What a unit of gas may cost now; null where that is more than this relay pays. */
    async fees(): Promise<{ readonly maxFee: bigint; readonly tip: bigint } | null> {
      const { maxFeePerGas: wanted, maxPriorityFeePerGas: tip } = await client.estimateFeesPerGas();
      return wanted > maxFeePerGas ? null : { maxFee: wanted, tip };
    },

    /** Writes a transaction down, with what it carries, and sends it. */
    async begin(
      flight: NewFlight,
      { maxFee, tip }: { readonly maxFee: bigint; readonly tip: bigint },
      mark: (hash: Hex) => void,
    ): Promise<unknown> {
      const nonce = await client.getTransactionCount({ address: account.address, blockTag: "pending" });
      const unsent = { nonce, maxFee, tip, hashes: [], landed: null, isBooked: false };
      const signed = await sign({ ...flight, ...unsent });
      store.together(() => {
        store.setFlight(signed);
        mark(keccak256(signed.raw));
      });
      return send(signed);
    },

    send,

    /** What became of one that is on its way. */
    async look(flight: Flight): Promise<Landing> {
      // The count first: a receipt that comes between the two questions is then found.
      const used = await client.getTransactionCount({ address: account.address, blockTag: "latest" });
      const receipt = await receiptOf(flight);
      if (receipt !== null) return { is: "landed", receipt };
      if (used <= flight.nonce) return { is: "flying" };
      const { since, looks } = miss(flight);
      if (looks < LOOKS || now() - since < lostMs) return { is: "flying" };
      missing.delete(flight.raw);
      return { is: "void" };
    },

    /** The receipt of one that was in a block; unsure at the first looks at which it is not there, then null. */
    async lookAgain(flight: Flight): Promise<TransactionReceipt | "unsure" | null> {
      const receipt = await receiptOf(flight);
      if (receipt !== null) return receipt;
      if (miss(flight).looks < LOOKS) return "unsure";
      missing.delete(flight.raw);
      return null;
    },

    /** The same transaction with the same nonce and a higher fee, up to `most` wei for a unit and what this relay pays. */
    async raise(flight: Flight, most: bigint, mark: (hash: Hex) => void): Promise<unknown> {
      const asked = await client.estimateFeesPerGas();
      const more = (fee: bigint, wanted: bigint) => bigger((fee * RAISE) / 100n + 1n, wanted);
      const maxFee = more(flight.maxFee, asked.maxFeePerGas);
      if (maxFee > maxFeePerGas || maxFee > most) {
        store.setFlight({ ...flight, sentAt: now() });
        return send(flight);
      }
      const signed = await sign({ ...flight, maxFee, tip: more(flight.tip, asked.maxPriorityFeePerGas) });
      store.together(() => {
        store.setFlight(signed);
        mark(keccak256(signed.raw));
      });
      return send(signed);
    },
  };
}

function noReceipt(error: unknown): null {
  if (error instanceof Error && error.name === "TransactionReceiptNotFoundError") return null;
  throw error;
}

function bigger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
