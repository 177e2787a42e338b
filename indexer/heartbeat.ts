import type { FollowStatus } from "./chain/follow.ts";
import { monotonic } from "./monotonic.ts";
import { reasonNotReady } from "./readiness.ts";
import { putRow } from "./store/backend.ts";
import type { Store } from "./store/store.ts";
import type { WriterRow } from "./store/tables.ts";
import { position, writer } from "./store/tables.ts";

/** Milliseconds between two looks whether there is something new to say, and between two times of saying the same. */
const LOOK_MS = 100;
const REPEAT_MS = 1_000;

type HeartbeatOptions = {
  readonly store: Store;
  readonly status: () => FollowStatus;
  /** How long a chain, or a process that writes, may be silent. */
  readonly awayMs: number;
  /** Called after it was said. */
  readonly onBeat: () => void;
};

/**
 * Keeps what the process that writes knows where those that only read find it: the chain's head, what is wrong, and
 * since when this version is complete. Returns when `signal` aborts.
 */
export async function beat({ store, status, awayMs, onBeat }: HeartbeatOptions, signal: AbortSignal): Promise<void> {
  let [said, saidAt] = ["", Number.NEGATIVE_INFINITY];
  while (!signal.aborted) {
    await pause(LOOK_MS, signal);
    if (signal.aborted || !store.leads()) continue;
    const { head, caughtUp } = status();
    try {
      // How far behind it is, readers see for themselves.
      const problem = reasonNotReady({ head, indexed: head }, status(), awayMs);
      const news = JSON.stringify([problem, caughtUp]);
      if (news === said && monotonic() - saidAt < REPEAT_MS) continue;
      await store.write(async (rows) => {
        const before = await rows.get(writer, [1]);
        const now = caughtUp ? ((await rows.get(position, [1]))?.block ?? null) : null;
        const completed = before?.completed ?? now;
        const row: WriterRow = { id: 1, head, problem, saidAt: Date.now(), completed };
        return [putRow(writer, row)];
      });
      [said, saidAt] = [news, monotonic()];
      onBeat();
    } catch {
      // A database that is away hears it later; what is wrong with it, the one who folds says.
    }
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
    signal.addEventListener("abort", done);
  });
}
