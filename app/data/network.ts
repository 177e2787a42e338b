import { useSyncExternalStore } from "react";

/** How the two services stand that this page reads from. */
export type Network = {
  /** `asking` until the first answer. */
  readonly indexer: "asking" | "up" | "behind" | "down";
  readonly rpc: "unknown" | "up" | "down";
  /** Newest block that any of them named. */
  readonly head: { readonly number: number; readonly timestamp: number } | null;
  /** Newest block that the indexer has folded in. */
  readonly indexed: number | null;
  readonly finalized: number | null;
};

let network: Network = { indexer: "asking", rpc: "unknown", head: null, indexed: null, finalized: null };
const listeners = new Set<() => void>();

/** The present state, outside of components. */
export function readNetwork(): Network {
  return network;
}

/** Merges what was learned; tells the components only when something changed. */
export function learn(news: Partial<Network>): void {
  const same = Object.entries(news).every(([key, value]) => Object.is(network[key as keyof Network], value));
  if (same) return;
  network = { ...network, ...news };
  for (const listener of listeners) listener();
}

/** Calls `listener` after each change. Returns the way to let go. */
export function onNetwork(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** The present state in a component. */
export function useNetwork(): Network {
  return useSyncExternalStore(onNetwork, readNetwork);
}

/** Whether answers come from the chain itself at the moment. */
export function isDegraded({ indexer }: Network): boolean {
  return indexer === "down" || indexer === "behind";
}
