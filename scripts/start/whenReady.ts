import { setTimeout as sleep } from "node:timers/promises";
import { BaseError, shortMessageOf } from "#protocol/errors.ts";

/** Milliseconds between two looks, and until patience ends. */
const POLL = 100;
const PATIENCE = 90_000;

/** Waits until `look` finds what it looks for. Throws a `BaseError` that names `what` when it never comes. */
export async function whenReady<T>(what: string, look: () => Promise<T | undefined>, signal: AbortSignal): Promise<T> {
  const until = Date.now() + PATIENCE;
  let last = "nothing yet";
  for (;;) {
    signal.throwIfAborted();
    try {
      const found = await look();
      if (found !== undefined) return found;
    } catch (error) {
      last = shortMessageOf(error);
    }
    if (Date.now() > until)
      throw new BaseError(`${what} took longer than ${PATIENCE / 1_000} s.`, { metaMessages: [`last seen: ${last}`] });
    await sleep(POLL, undefined, { signal });
  }
}

/** True when an address answers with success, undefined otherwise: for `whenReady`. */
export async function answers(url: string): Promise<true | undefined> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  await response.body?.cancel();
  return response.ok ? true : undefined;
}
