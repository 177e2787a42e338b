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

type Slot = { readonly key: readonly Cell[]; row: unknown; changed: boolean; journaled: number };

type ReadCells = (table: Table<unknown>, key: readonly Cell[]) => readonly Cell[] | undefined;

/**
 * The state during one range of blocks: rows are read once, changed in memory, and written together. For blocks that
 * can be rolled back it keeps what every row was before.
 */
export function createOverlay(read: ReadCells) {
  const slots = new Map<Table<unknown>, Map<string, Slot>>();
  const befores: Before[] = [];

  function slotOf(table: Table<unknown>, key: readonly Cell[]): Slot {
    let ofTable = slots.get(table);
    if (ofTable === undefined) {
      ofTable = new Map();
      slots.set(table, ofTable);
    }
    const id = key.join(":");
    const known = ofTable.get(id);
    if (known !== undefined) return known;
    // A row that belongs to its block is new with it: there is nothing to read.
    const cells = table.blockColumn === null ? read(table, key) : undefined;
    const row = cells === undefined ? undefined : table.decode(cells);
    const slot = { key, row, changed: false, journaled: Number.NEGATIVE_INFINITY };
    ofTable.set(id, slot);
    return slot;
  }

  const state: State = {
    get: <R>(table: Table<R>, key: Key) => slotOf(table as Table<unknown>, key).row as R | undefined,
  };

  /** Applies a change in `block`, which is no lower than before; `journal` says whether it can still be rolled back. */
  function apply({ table, row }: Change, block: number, journal: boolean): void {
    const slot = slotOf(table, table.keyOf(row));
    if (journal && table.blockColumn === null && slot.journaled < block) {
      slot.journaled = block;
      const cells = slot.row === undefined ? undefined : table.encode(slot.row);
      befores.push({ block, table, key: slot.key, cells });
    }
    slot.row = row;
    slot.changed = true;
  }

  /** Every changed row as it is at the end, by table. */
  function writes(): Write[] {
    return [...slots].map(([table, ofTable]) => {
      const rows: (readonly Cell[])[] = [];
      for (const { row, changed } of ofTable.values()) if (changed) rows.push(table.encode(row));
      return { kind: "put", table, rows };
    });
  }

  return { state, apply, writes, befores: befores as readonly Before[] };
}

/** Tells a row from every other one of the database. */
export function rowId({ name }: Table<unknown>, key: readonly Cell[]): string {
  return `${name}:${key.join(":")}`;
}
