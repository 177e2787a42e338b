import { useSyncExternalStore } from "react";

/**
 * The chain's clock. A public chain keeps the time of day and so does this; a local chain may have been moved forward,
 * and then its newest block says by how much.
 */
const tolerance = 15;
let offset = 0;
let current = Math.floor(Date.now() / 1000);
let timer: ReturnType<typeof setInterval> | null = null;
const listeners = new Set<() => void>();

/** Tells the clock a block's timestamp, just received, in seconds since 1970. */
export function setClock(timestamp: number): void {
  const difference = timestamp - Date.now() / 1000;
  const next = difference > tolerance ? Math.round(difference) : 0;
  // A chain that runs ahead is corrected only where the error would be seen.
  if (Math.abs(next - offset) < tolerance && (next === 0) === (offset === 0)) return;
  offset = next;
  tick();
}

/** Seconds since 1970 by the chain's clock. */
export function chainNow(): number {
  return Math.floor(Date.now() / 1000) + offset;
}

function tick(): void {
  const next = chainNow();
  if (next === current) return;
  current = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer !== null) {
      clearInterval(timer);
      timer = null;
    }
  };
}

function coarse(step: number): () => number {
  return () => current - (current % step);
}

const bySecond = coarse(1);
const byMinute = coarse(60);

/** The chain's clock in a component, renewed each second or minute. */
export function useChainNow(step: "second" | "minute" = "second"): number {
  return useSyncExternalStore(subscribe, step === "second" ? bySecond : byMinute);
}
