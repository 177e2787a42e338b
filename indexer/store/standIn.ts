import { setTimeout as pause } from "node:timers/promises";
import { RetryableError, shortMessageOf } from "#protocol/errors.ts";
import type { Store } from "./store.ts";

/** Milliseconds between two tries to become the one that writes. */
const CLAIM_MS = 250;

type Waiting = {
  /** Hears each new reason to wait. */
  readonly onWait: (reason: string) => void;
  /** Done at every try. What it throws that waiting cannot mend ends the waiting. */
  readonly meanwhile: () => Promise<void>;
};

/** Waits until this process may write; false when `signal` aborts before. */
export async function standIn(store: Store, signal: AbortSignal, { onWait, meanwhile }: Waiting): Promise<boolean> {
  let told: string | undefined;
  while (!signal.aborted) {
    try {
      await store.claim();
      return true;
    } catch (error) {
      if (!(error instanceof RetryableError)) throw error;
      const reason = shortMessageOf(error);
      if (reason !== told) onWait(reason);
      told = reason;
      await meanwhile();
      await pause(CLAIM_MS, undefined, { signal }).catch(() => {});
    }
  }
  return false;
}
