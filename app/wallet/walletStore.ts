import { useSyncExternalStore } from "react";
import type { Address } from "viem";

/**
 * What the pages know of the wallet. The wallet room itself (wagmi, RainbowKit, viem) comes in a chunk of its own after
 * the first paint and writes here; the pages stay light and work without it.
 */
export type Wallet = {
  /** `asleep`: the room has not been loaded; `failed`: it could not be. */
  readonly room: "asleep" | "loading" | "ready" | "failed";
  readonly status: "disconnected" | "connecting" | "connected";
  /** Lower case. */
  readonly address: Address | null;
  readonly chainId: number | null;
};

let wallet: Wallet = { room: "asleep", status: "disconnected", address: null, chainId: null };
const listeners = new Set<() => void>();

/** The present wallet, outside of components. */
export function readWallet(): Wallet {
  return wallet;
}

/** Merges what the wallet room found out. */
export function setWallet(news: Partial<Wallet>): void {
  wallet = { ...wallet, ...news };
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** The present wallet in a component. */
export function useWallet(): Wallet {
  return useSyncExternalStore(subscribe, readWallet);
}
