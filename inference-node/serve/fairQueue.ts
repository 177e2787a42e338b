import { EngineError } from "../engine/engineError.ts";
import type { Caller } from "./caller.ts";

/** Who waits for one model, and in which order they are served. */
export type FairQueue = {
  /** Answers that may be under way at a time. */
  readonly slots: number;
  readonly running: () => number;
  readonly waiting: () => number;
  /** Runs `work` when its turn comes. Whoever gives up while waiting leaves the queue. */
  readonly take: <T>(caller: Caller, signal: AbortSignal, work: () => Promise<T>) => Promise<T>;
};

type Waiting = {
  readonly caller: Caller;
  /** The turn that its client counts as served at, where it was not yet. */
  readonly start: number;
  readonly give: () => void;
  readonly refuse: (error: EngineError) => void;
};

/**
 * A bounded queue in which nobody's many requests keep another waiting.
 *
 * The next turn goes to the network that was served longest ago, within it to the client served longest ago, then to
 * the oldest request. A name costs nothing, so a client that is new waits behind those of its network who wait already.
 * In a full queue the newest request of whoever has most in it makes room for one who has less.
 */
export function createFairQueue({
  slots,
  maxWaiting,
  mostRemembered = 10_000,
}: {
  readonly slots: number;
  readonly maxWaiting: number;
  /** Networks and clients of whom is known when they were served; beyond it the longest ago is forgotten. */
  readonly mostRemembered?: number;
}): FairQueue {
  const waiting: Waiting[] = [];
  const served = new Map<string, number>();
  let running = 0;
  let turn = 0;

  const begin = ({ network, key }: Caller): void => {
    running += 1;
    turn += 1;
    for (const name of [network, key]) {
      served.delete(name);
      served.set(name, turn);
    }
    for (const name of served.keys()) {
      if (served.size <= mostRemembered) break;
      served.delete(name);
    }
  };

  const lastOf = (network: string): number => served.get(network) ?? 0;
  const lastOfClient = ({ caller, start }: Waiting): number => served.get(caller.key) ?? start;
  const startIn = (network: string): number => {
    const others = waiting.filter(({ caller }) => caller.network === network).map(lastOfClient);
    return others.length === 0 ? lastOf(network) : Math.min(...others);
  };

  const next = (): void => {
    running -= 1;
    const [first] = waiting.toSorted(
      (one, other) =>
        lastOf(one.caller.network) - lastOf(other.caller.network) || lastOfClient(one) - lastOfClient(other),
    );
    if (first !== undefined) {
      waiting.splice(waiting.indexOf(first), 1);
      begin(first.caller);
      first.give();
    }
    if (running === 0) served.clear();
  };

  const busy = (): EngineError =>
    new EngineError("busy", `${waiting.length} requests are waiting for this model already`, 2 + waiting.length);

  /** Makes room for one more, or throws. */
  const makeRoom = (caller: Caller): void => {
    if (waiting.length < maxWaiting) return;
    const loser =
      newestOfMost(waiting, caller.network, (other) => other.network) ??
      newestOfMost(
        waiting.filter((other) => other.caller.network === caller.network),
        caller.key,
        (other) => other.key,
      );
    if (loser === undefined) throw busy();
    waiting.splice(waiting.indexOf(loser), 1);
    loser.refuse(busy());
  };

  const wait = async (caller: Caller, signal: AbortSignal): Promise<void> => {
    makeRoom(caller);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const place: Waiting = { caller, start: startIn(caller.network), give: resolve, refuse: reject };
    const leave = (): void => {
      const at = waiting.indexOf(place);
      if (at === -1) return;
      waiting.splice(at, 1);
      reject(signal.reason);
    };
    waiting.push(place);
    signal.addEventListener("abort", leave, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener("abort", leave);
    }
  };

  return {
    slots,
    running: () => running,
    waiting: () => waiting.length,
    async take(caller, signal, work) {
      signal.throwIfAborted();
      if (running < slots) begin(caller);
      else await wait(caller, signal);
      try {
        return await work();
      } finally {
        next();
      }
    },
  };
}

/** The newest request of whoever waits with most, if the newcomer would still wait with no more than they. */
function newestOfMost(
  waiting: readonly Waiting[],
  newcomer: string,
  nameOf: (caller: Caller) => string,
): Waiting | undefined {
  const counts = Map.groupBy(waiting, ({ caller }) => nameOf(caller));
  const [most] = [...counts.values()].toSorted((one, other) => other.length - one.length);
  const own = counts.get(newcomer)?.length ?? 0;
  return most !== undefined && most.length > own + 1 ? most.at(-1) : undefined;
}
