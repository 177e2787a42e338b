import type { Change, Key, State } from "../project/change.ts";
import type { Write } from "./backend.ts";
import type { Cell } from "./column.ts";
import type { Table } from "./table.ts";

/** What a row was before the block that first changed it. */
export type Before = {
  readonly block: number;
  readonly table: Table<unknown>;
  readonly key: readonly Cell[];
  readonly cells: readonly Cell[] | undefined;
};

type Slot = { readonly table: Table<unknown>; readonly key: readonly Cell[]; row: unknown; changed: boolean };

type ReadCells = (table: Table<unknown>, key: readonly Cell[]) => readonly Cell[] | undefined;

/**
 * The state during one range of blocks: rows are read once, changed in memory, and written together. For blocks that
 * can be rolled back it keeps what every row was before.
 */
export function createOverlay(read: ReadCells) {
  const slots = new Map<string, Slot>();
  const befores: Before[] = [];
  const journaled = new Set<string>();

  function slotOf(table: Table<unknown>, key: readonly Cell[]): Slot {
    const id = rowId(table, key);
    const known = slots.get(id);
    if (known !== undefined) return known;
    // A row that belongs to its block is new with it: there is nothing to read.
    const cells = table.blockColumn === null ? read(table, key) : undefined;
    const slot = { table, key, row: cells === undefined ? undefined : table.decode(cells), changed: false };
    slots.set(id, slot);
    return slot;
  }

  const state: State = {
    get: <R>(table: Table<R>, key: Key) => slotOf(table as Table<unknown>, key).row as R | undefined,
  };

  /** Applies a change in `block`; `journal` says whether the block can still be rolled back. */
  function apply({ table, row }: Change, block: number, journal: boolean): void {
    const key = table.encode(row).slice(0, table.keyLength);
    const slot = slotOf(table, key);
    if (journal && table.blockColumn === null) {
      const id = `${block}:${rowId(table, key)}`;
      if (!journaled.has(id)) {
        journaled.add(id);
        befores.push({ block, table, key, cells: slot.row === undefined ? undefined : table.encode(slot.row) });
      }
    }
    slot.row = row;
    slot.changed = true;
  }

  /** Every changed row as it is at the end, by table. */
  function writes(): Write[] {
    const rows = new Map<Table<unknown>, (readonly Cell[])[]>();
    for (const { table, row, changed } of slots.values()) {
      if (!changed) continue;
      const cells = rows.get(table) ?? [];
      cells.push(table.encode(row));
      rows.set(table, cells);
    }
    return [...rows].map(([table, changed]) => ({ kind: "put", table, rows: changed }));
  }

  return { state, apply, writes, befores: befores as readonly Before[] };
}

/** Tells a row from every other one of the database. */
export function rowId({ name }: Table<unknown>, key: readonly Cell[]): string {
  return `${name}:${key.join(":")}`;
}
