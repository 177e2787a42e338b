import { useSyncExternalStore } from "react";
import { announce } from "./announce.ts";

export type Toast = {
  readonly id: number;
  readonly tone: "proven" | "plain" | "bad";
  readonly bold: string;
  readonly text: string;
};

const lifeMs = 8_000;
let toasts: readonly Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function publish(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

/** Shows a short piece of news and speaks it. Bad news stays until it is dismissed. */
export function toast(tone: Toast["tone"], bold: string, text: string): void {
  lastId += 1;
  const id = lastId;
  publish([...toasts.slice(-2), { id, tone, bold, text }]);
  announce(`${bold}. ${text}`);
  if (tone !== "bad") setTimeout(() => dismissToast(id), lifeMs);
}

/** Takes a toast away. */
export function dismissToast(id: number): void {
  publish(toasts.filter((entry) => entry.id !== id));
}

/** The toasts on screen. */
export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    () => toasts,
  );
}
