import type { ChainEvent } from "../decode/events.ts";
import type { Change, Position, State } from "../project/change.ts";
import { InconsistentLogsError } from "../project/InconsistentLogsError.ts";
import type { WriterRows } from "./backend.ts";
import type { Cell } from "./column.ts";
import { createOverlay, rowId } from "./overlay.ts";
import type { Table } from "./table.ts";

export type Placed = { readonly at: Position; readonly event: ChainEvent };
export type Project = (state: State, at: Position, event: ChainEvent) => Change[];
type Wanted = { readonly table: Table<unknown>; readonly key: readonly Cell[] };

class MissingRow extends Error {}

/**
 * Folds events over the rows of a database. Where they cannot be read at once, it folds what it can, fetches together
 * the rows that were missing, and starts over, until none is missing: a few rounds for any number of events.
 * `finalized` is the last block that nothing can take back; `told` says whether the changes are listed one by one. Throws
 * `InconsistentLogsError` where the events cannot all be true.
 */
export async function foldRange(rows: WriterRows, events: readonly Placed[], how: How) {
  try {
    return await folded(rows, events, how);
  } catch (error) {
    const at = events.at(-1)?.at;
    if (!(error instanceof RangeError) || at === undefined) throw error;
    throw new InconsistentLogsError(at, `an amount is beyond what a contract can hold (${error.message})`);
  }
}

type How = {
  readonly project: Project;
  readonly finalized: number;
  readonly told: boolean;
};

async function folded(rows: WriterRows, events: readonly Placed[], { project, finalized, told }: How) {
  const loaded = new Map<string, readonly Cell[] | undefined>();
  for (;;) {
    const missing = new Map<string, Wanted>();
    const readLoaded = (table: Table<unknown>, key: readonly Cell[]) => {
      const id = rowId(table, key);
      if (loaded.has(id)) return loaded.get(id);
      missing.set(id, { table, key });
      throw new MissingRow();
    };
    const overlay = createOverlay(rows.now ?? { cells: readLoaded, family: () => undefined });
    const changes: (Change & { readonly block: number })[] = [];
    for (const { at, event } of events) {
      try {
        for (const change of project(overlay.state, at, event)) {
          overlay.apply(change, at.block, at.block > finalized);
          if (told) changes.push({ table: change.table, row: change.row, block: at.block });
        }
      } catch (error) {
        // After a missing row nothing that the fold says counts.
        if (missing.size === 0) throw error;
      }
    }
    if (missing.size === 0) return { changes, writes: overlay.writes(), befores: overlay.befores };
    await load(rows, [...missing], loaded);
  }
}

async function load(
  rows: WriterRows,
  missing: readonly (readonly [string, Wanted])[],
  into: Map<string, readonly Cell[] | undefined>,
): Promise<void> {
  for (const [table, wanted] of Map.groupBy(missing, ([, { table }]) => table)) {
    const found = await rows.cellsOf(
      table,
      wanted.map(([, { key }]) => key),
    );
    wanted.forEach(([id], index) => {
      into.set(id, found[index]);
    });
  }
}
