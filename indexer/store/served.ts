import { DatabaseAwayError } from "./DatabaseAwayError.ts";
import { createTurns } from "./inTurn.ts";
import { OtherTablesError } from "./OtherTablesError.ts";
import type { OlderVersion } from "./olderVersion.ts";
import { PROJECTION_VERSION } from "./projectionVersion.ts";
import type { Rows } from "./rows.ts";
import type { Store } from "./store.ts";
import { position, writer } from "./tables.ts";

type ServedOptions = {
  readonly store: Store;
  /** Looks for rows of an older version. Throws `DatabaseAwayError` when that cannot be seen now. */
  readonly findOlder: () => Promise<OlderVersion | undefined>;
  /** Called when there may be something new to tell: another version answers, or the older one was written. */
  readonly onChange: () => void;
};

/**
 * Which version's rows answer: an older one's while this one's are built beside them, and this one's from the moment they
 * are complete and no older than those. The switch holds questions up for a moment and refuses none.
 */
export function createServed({ store, findOlder, onChange }: ServedOptions) {
  const inTurn = createTurns();
  /** Undefined before the first look, null once this version answers. */
  let older: OlderVersion | undefined | null;
  let looking: Promise<OlderVersion | null> | undefined;
  let unwatch = async () => {};
  let asking = 0;
  /** Waited for by the switch, while questions are still being answered. */
  let idle: PromiseWithResolvers<void> | undefined;
  let gate: Promise<void> | undefined;

  /** Looks once; again when the database did not answer. */
  function look(): Promise<OlderVersion | null> {
    if (older !== undefined) return Promise.resolve(older);
    looking ??= lookNow().finally(() => (looking = undefined));
    return looking;
  }

  async function lookNow(): Promise<OlderVersion | null> {
    const found = (await completedAt()) === null ? await findOlder() : undefined;
    older = found ?? null;
    if (older !== null) unwatch = older.backend.watch(onChange);
    return older;
  }

  /** First block at which this version had everything; null while it is built. */
  async function completedAt(): Promise<number | null> {
    try {
      return (await store.read((rows) => rows.get(writer, [1])))?.completed ?? null;
    } catch (error) {
      if (error instanceof OtherTablesError) return null;
      throw error;
    }
  }

  /** Like a store's `read`, of the version that answers now; `work` hears which. */
  async function read<T>(work: (rows: Rows, version: number) => Promise<T>): Promise<T> {
    while (gate !== undefined) await gate;
    asking += 1;
    try {
      const from = await look();
      if (from === null) return await store.read((rows) => work(rows, PROJECTION_VERSION));
      if (from.unreadable !== null) throw await stillBuilding(from);
      return await from.backend.read((rows) => work(rows, from.version));
    } finally {
      asking -= 1;
      if (asking === 0) idle?.resolve();
    }
  }

  async function stillBuilding({ version }: OlderVersion): Promise<DatabaseAwayError> {
    const now = await store.read((rows) => rows.get(position, [1])).catch(() => undefined);
    const [said] = await store.read((rows) => rows.select(writer, `"id" = 1`)).catch(() => []);
    return new DatabaseAwayError(
      `Version ${PROJECTION_VERSION} is being built: block ${now?.block ?? 0} of ${said?.head ?? "an unknown number"}. What version ${version} wrote cannot be read by this program.`,
    );
  }

  /** Switches to this version's rows when it is time to; to be called when it may be. */
  function settle(): Promise<void> {
    return inTurn(async () => {
      const from = await look();
      if (from === null || (await completedAt()) === null) return;
      const open = Promise.withResolvers<void>();
      gate = open.promise;
      try {
        idle = Promise.withResolvers<void>();
        if (asking > 0) await idle.promise;
        if (await isAhead(from)) return;
        older = null;
      } finally {
        gate = undefined;
        open.resolve();
      }
      await unwatch();
      await from.backend.close();
      onChange();
    });
  }

  /** Whether an older version, which another process may still write, has blocks that this one has not. */
  async function isAhead({ unreadable, backend }: OlderVersion): Promise<boolean> {
    if (unreadable !== null) return false;
    const [theirs, ours] = await Promise.all(
      [backend, store].map((one) => one.read((rows) => rows.get(position, [1]))),
    );
    return (theirs?.block ?? 0) > (ours?.block ?? 0);
  }

  return {
    read,
    settle,
    /** The older version that answers now, with where it stands; null where none does. */
    older: () =>
      inTurn(async () => {
        const from = await look();
        if (from === null) return null;
        const standing = from.unreadable === null ? await from.backend.read((rows) => rows.get(position, [1])) : null;
        return { version: from.version, block: standing?.block ?? null };
      }),
    async close(): Promise<void> {
      await inTurn(async () => {
        await unwatch();
        await older?.backend.close();
      });
    },
  };
}

export type Served = ReturnType<typeof createServed>;
