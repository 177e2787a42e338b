import type { Change, Key, State } from "../project/change.ts";
import type { RowsNow, Write } from "./backend.ts";
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

/** Slots by the cells of their keys, one level for each cell. */
type Branch = Map<Cell, Branch | Slot>;

/**
 * The state during one range of blocks: rows are read once, changed in memory, and written together. For blocks that
 * can be rolled back it keeps what every row was before.
 */
export function createOverlay(read: RowsNow) {
  const slots = new Map<Table<unknown>, Branch>();
  const befores: Before[] = [];
  /** Branches that hold every row there is under them. */
  const whole = new Set<Branch>();

  /** Finds a row's slot by its key, cell by cell: no text has to be made of it. */
  function slotOf(table: Table<unknown>, key: readonly Cell[]): Slot {
    let branch = grown(slots, table);
    for (let i = 0; i < table.keyLength - 1; i++) branch = grown(branch, key[i] ?? null);
    const last = key[table.keyLength - 1] ?? null;
    const known = branch.get(last);
    if (known !== undefined) return known as Slot;
    if (table.together && branch.size === 0) readFamily(table, key, branch);
    // A row that belongs to its block is new with it: there is nothing to read.
    const isNew = table.blockColumn !== null || whole.has(branch);
    return (
      (branch.get(last) as Slot | undefined) ?? put(branch, table, key, isNew ? undefined : read.cells(table, key))
    );
  }

  function readFamily(table: Table<unknown>, key: readonly Cell[], branch: Branch): void {
    const family = read.family(table, key);
    if (family === undefined) return;
    whole.add(branch);
    for (const cells of family) put(branch, table, cells.slice(0, table.keyLength), cells);
  }

  function put(branch: Branch, table: Table<unknown>, key: readonly Cell[], cells: readonly Cell[] | undefined): Slot {
    const row = cells === undefined ? undefined : table.decode(cells);
    const slot = { key, row, changed: false, journaled: Number.NEGATIVE_INFINITY };
    branch.set(key[table.keyLength - 1] ?? null, slot);
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
    return [...slots].map(([table, branch]) => {
      const rows: (readonly Cell[])[] = [];
      collect(branch, table.keyLength, ({ row, changed }) => {
        if (changed) rows.push(table.encode(row));
      });
      return { kind: "put", table, rows };
    });
  }

  return { state, apply, writes, befores: befores as readonly Before[] };
}

function grown<K>(from: Map<K, Branch | Slot>, at: K): Branch {
  const known = from.get(at) as Branch | undefined;
  if (known !== undefined) return known;
  const made: Branch = new Map();
  from.set(at, made);
  return made;
}

function collect(branch: Branch, depth: number, take: (slot: Slot) => void): void {
  for (const below of branch.values()) {
    if (depth === 1) take(below as Slot);
    else collect(below as Branch, depth - 1, take);
  }
}

/** Tells a row from every other one of the database. */
export function rowId({ name }: Table<unknown>, key: readonly Cell[]): string {
  return `${name}:${key.join(":")}`;
}
