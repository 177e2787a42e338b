import { bytesInWords } from "./bytesInWords.ts";
import { EngineError } from "./engineError.ts";
import type { MemoryPlan } from "./memoryPlan.ts";

/** A loaded model that could be put to sleep to make room. */
export type Resident = {
  /** Whether nobody waits for it and nothing is answered. */
  readonly idle: () => boolean;
  /** Whether it is still growing to what its plan says. */
  readonly loading: () => boolean;
  /** When it answered last, or was loaded, in milliseconds of a clock that nobody sets. */
  readonly usedAt: () => number;
  /** Ends its process; settles when the memory is free. */
  readonly rest: () => Promise<void>;
};

export type MemoryBudget = {
  /**
   * Sets memory aside before a model is loaded. `wanted`: whether somebody waits for it; only then do others make room.
   * Returns what gives it back. Throws `EngineError` with the figures when it does not fit.
   */
  readonly admit: (plan: MemoryPlan, resident: Resident, wanted: boolean) => Promise<() => void>;
};

const retrySeconds = 30;

/**
 * Decides which models may be in memory together. `limit`: bytes that all may take, or null for what the machine has
 * left when it is asked; `available`: those bytes. `unloadIdle`: whether the model used longest ago may make room.
 */
export function createMemoryBudget(options: {
  readonly limit: number | null;
  readonly available: () => number;
  readonly unloadIdle: boolean;
}): MemoryBudget {
  const residents = new Map<Resident, MemoryPlan>();
  let last: Promise<unknown> = Promise.resolve();

  const free = (): number => {
    const sum = (plans: readonly MemoryPlan[]): number => plans.reduce((all, { total }) => all + total, 0);
    if (options.limit !== null) return options.limit - sum([...residents.values()]);
    // What is still loading has not taken what it was promised.
    return options.available() - sum([...residents].flatMap(([one, plan]) => (one.loading() ? [plan] : [])));
  };

  const admit = async (plan: MemoryPlan, resident: Resident, wanted: boolean): Promise<() => void> => {
    while (plan.total > free()) {
      const idle = [...residents.keys()]
        .filter((one) => one.idle())
        .sort((one, other) => one.usedAt() - other.usedAt());
      const [longest] = options.unloadIdle && wanted && canEverFit(plan) ? idle : [];
      if (longest === undefined) throw refuse(plan, free());
      await longest.rest();
      residents.delete(longest);
    }
    residents.set(resident, plan);
    return () => void residents.delete(resident);
  };

  /** Whether it would fit if every idle model made room: else none is disturbed. */
  const canEverFit = (plan: MemoryPlan): boolean => {
    const gain = [...residents].reduce((sum, [one, { total }]) => (one.idle() ? sum + total : sum), 0);
    return plan.total <= free() + gain;
  };

  return {
    // One at a time: two that look at the same free memory would both take it.
    admit(plan, resident, wanted) {
      const done = last.then(() => admit(plan, resident, wanted));
      last = done.catch(() => undefined);
      return done;
    },
  };
}

function refuse({ total, ...parts }: MemoryPlan, free: number): EngineError {
  const { weights, cache, buffers, process } = parts;
  const words = [`weights ${bytesInWords(weights)}`, `context ${bytesInWords(cache)}`];
  words.push(`buffers ${bytesInWords(buffers)}`, `process ${bytesInWords(process)}`);
  return new EngineError(
    "no_memory",
    `the model needs ${bytesInWords(total)} (${words.join(", ")}) and ${bytesInWords(Math.max(0, free))} are free`,
    retrySeconds,
  );
}
