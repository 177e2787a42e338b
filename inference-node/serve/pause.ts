import { setTimeout as sleep } from "node:timers/promises";

/** Waits, or returns at once when the signal says stop. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}
