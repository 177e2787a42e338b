import { useSyncExternalStore } from "react";
import type { Address, Hex } from "viem";
import { announce } from "../shell/announce.ts";
import { words } from "../words/words.ts";

/** How far a transaction of this page has come. Times are milliseconds since 1970 by this computer's clock. */
export type Step =
  | { readonly at: "preparing" }
  | { readonly at: "signing"; readonly what: string }
  | { readonly at: "sent"; readonly hash: Hex; readonly time: number; readonly replaced: boolean }
  | Relayed
  | Confirmed<"indexing">
  | (Confirmed<"indexed"> & { readonly bySilence: boolean })
  | { readonly at: "declined" }
  | {
      readonly at: "failed";
      readonly sentence: string;
      readonly details: string;
      readonly hash: Hex | null;
      readonly uncertain: boolean;
    };

/** A signed order at a relay. `silent`: the relay has not answered for a while. `hash`: of the batch it is in. */
export type Relayed = {
  readonly at: "relayed";
  readonly state: "waiting" | "sent" | "silent";
  readonly hash: Hex | null;
  readonly time: number;
  /** Seconds since 1970 after which nobody can carry it. */
  readonly deadline: number;
  readonly contest: Address;
  readonly entryId: number;
  readonly nonce: number;
};

type Confirmed<At extends string> = {
  readonly at: At;
  readonly hash: Hex;
  readonly time: number;
  readonly block: number;
  readonly confirmedAt: number;
};

export type Steps = {
  readonly id: number;
  readonly title: string;
  /** Where its steps are shown: `drop:<contest>:<entry>`, `coins`, `result`. */
  readonly place: string;
  readonly step: Step;
};

let all: readonly Steps[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function publish(next: readonly Steps[]): void {
  all = next;
  for (const listener of listeners) listener();
}

/** Begins a transaction's steps at `place`, in the stead of older ones there. Returns the way to go on. */
export function beginSteps(title: string, place: string): (step: Step) => void {
  lastId += 1;
  const id = lastId;
  publish([...all.filter((other) => other.place !== place), { id, title, place, step: { at: "preparing" } }]);
  announce(title);
  return (step) => {
    publish(all.map((steps) => (steps.id === id ? { ...steps, step } : steps)));
    const said = speak(step);
    if (said !== null) announce(said);
  };
}

/** Takes the steps at `place` off the page. */
export function dismissSteps(place: string): void {
  publish(all.filter((steps) => steps.place !== place));
}

/** Takes what was begun and not yet sent off the page. Returns whether there was any. */
export function dropUnsent(): boolean {
  const rest = all.filter(({ step }) => step.at !== "preparing" && step.at !== "signing");
  const dropped = rest.length < all.length;
  if (dropped) publish(rest);
  return dropped;
}

/** The steps shown at `place`, if any. */
export function useSteps(place: string): Steps | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    () => all.find((steps) => steps.place === place) ?? null,
  );
}

/** Whether a transaction is on its way: signed or about to be, and not yet decided. */
export function isBusy(steps: Steps | null): boolean {
  return steps !== null && ["preparing", "signing", "sent", "relayed"].includes(steps.step.at);
}

function speak(step: Step): string | null {
  if (step.at === "sent") return words.steps.saidSent;
  if (step.at === "relayed") return words.relay.said[step.state];
  if (step.at === "indexing") return words.steps.saidConfirmed(step.block.toLocaleString("en-GB"));
  if (step.at === "indexed") return words.steps.saidIndexed;
  if (step.at === "failed") return `${words.steps.failed}. ${step.sentence}`;
  if (step.at === "declined") return words.steps.rejected;
  return null;
}
