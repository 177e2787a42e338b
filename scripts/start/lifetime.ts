/** What must be ended before this process may end. */
export type Lifetime = {
  /** Aborted as soon as the end begins. */
  readonly signal: AbortSignal;
  /** Hands something over to be ended; at once, when the end has begun. Those adopted last end first. */
  readonly adopt: (end: () => Promise<unknown>) => void;
  /** Ends everything; further calls wait for the same end. */
  readonly end: () => Promise<void>;
};

export function createLifetime(): Lifetime {
  const controller = new AbortController();
  const ends: (() => Promise<unknown>)[] = [];
  let ending: Promise<void> | undefined;

  async function endAll(): Promise<void> {
    controller.abort();
    // What is adopted meanwhile comes last and is ended as well.
    for (let next = ends.pop(); next !== undefined; next = ends.pop()) await next().catch(() => {});
  }

  return {
    signal: controller.signal,
    adopt: (end) => {
      if (ending === undefined) ends.push(end);
      else ending = ending.then(() => end()).then(() => {});
    },
    end: () => {
      ending ??= endAll();
      return ending;
    },
  };
}
