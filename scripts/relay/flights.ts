import type { Hex, LocalAccount, PublicClient, TransactionReceipt } from "viem";
import { keccak256 } from "viem";
import type { Flight, Store } from "./store.ts";

/** A replacement must pay at least a tenth more, or nodes ignore it; a quarter gets on. */
const RAISE = 125n;

/** What became of the transaction on its way. */
export type Landing =
  | { readonly is: "flying" }
  | { readonly is: "landed"; readonly receipt: TransactionReceipt }
  /** Its nonce was used by a transaction that is not ours: none of its versions can ever be included. */
  | { readonly is: "void" };

export type NewFlight = Pick<Flight, "kind" | "to" | "data" | "gas" | "digests">;

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
  readonly now: () => number;
}) {
  const { client, account, chainId, store, maxFeePerGas, now } = options;

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
      const signed = await sign({ ...flight, nonce, maxFee, tip, hashes: [] });
      store.together(() => {
        store.setFlight(signed);
        mark(keccak256(signed.raw));
      });
      return send(signed);
    },

    send,

    async look({ hashes, nonce }: Flight): Promise<Landing> {
      // The count first: a receipt that comes between the two questions is then found.
      const used = await client.getTransactionCount({ address: account.address, blockTag: "latest" });
      for (const hash of hashes.toReversed()) {
        const receipt = await client.getTransactionReceipt({ hash }).catch(noReceipt);
        if (receipt !== null) return { is: "landed", receipt };
      }
      return { is: used > nonce ? "void" : "flying" };
    },

    /** The same transaction with the same nonce and a higher fee, as far as this relay pays it. */
    async raise(flight: Flight, mark: (hash: Hex) => void): Promise<unknown> {
      const asked = await client.estimateFeesPerGas();
      const more = (fee: bigint, wanted: bigint) => bigger((fee * RAISE) / 100n + 1n, wanted);
      const maxFee = more(flight.maxFee, asked.maxFeePerGas);
      if (maxFee > maxFeePerGas) {
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
