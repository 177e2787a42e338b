import { EngineError } from "./engineError.ts";

/** Lets a few pieces of work run at a time, in the order of arrival. */
export type Turns = {
  /** Pieces running or waiting. */
  readonly size: () => number;
  readonly take: <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T>;
};

/**
 * A bounded line of waiting work.
 *
 * `maxWaiting`: how many may wait while `slots` run; the next is refused at once with a hint when to come back.
 * Whoever gives up while waiting leaves the line.
 */
export function createTurns(maxWaiting: number, slots = 1): Turns {
  const waiting: (() => void)[] = [];
  let running = 0;

  const next = (): void => {
    const first = waiting.shift();
    if (first === undefined) running -= 1;
    else first();
  };

  const wait = async (signal: AbortSignal): Promise<void> => {
    if (running < slots) {
      running += 1;
      return;
    }
    if (waiting.length >= maxWaiting) {
      throw new EngineError(
        "busy",
        `${waiting.length} requests are waiting for this model already`,
        2 + waiting.length,
      );
    }
    const turn = Promise.withResolvers<void>();
    const give = (): void => turn.resolve();
    const leave = (): void => {
      const at = waiting.indexOf(give);
      if (at === -1) return;
      waiting.splice(at, 1);
      turn.reject(signal.reason);
    };
    waiting.push(give);
    signal.addEventListener("abort", leave, { once: true });
    try {
      await turn.promise;
    } finally {
      signal.removeEventListener("abort", leave);
    }
  };

  return {
    size: () => waiting.length + running,
    async take(signal, work) {
      signal.throwIfAborted();
      await wait(signal);
      try {
        return await work();
      } finally {
        next();
      }
    },
  };
}
