import type { Cell } from "./column.ts";
import type { Rows } from "./rows.ts";
import type { Table } from "./table.ts";

/** One thing to write. Rows of one `put` have different keys. */
export type Write =
  | { readonly kind: "put"; readonly table: Table<unknown>; readonly rows: readonly (readonly Cell[])[] }
  | { readonly kind: "remove"; readonly table: Table<unknown>; readonly keys: readonly (readonly Cell[])[] }
  | { readonly kind: "run"; readonly sql: string; readonly parameters: readonly Cell[] };

/** What a transaction reads before it writes. */
export type WriterRows = Rows & {
  /** Cells of rows by key, in the order of `keys`. */
  readonly cellsOf: (
    table: Table<unknown>,
    keys: readonly (readonly Cell[])[],
  ) => Promise<readonly (readonly Cell[] | undefined)[]>;
  /** The same at once, where the database is in this process; null where it is not. */
  readonly now: RowsNow | null;
};

/** Reads that do not wait. */
export type RowsNow = {
  readonly cells: (table: Table<unknown>, key: readonly Cell[]) => readonly Cell[] | undefined;
  /** All rows with the same key but for its last column; undefined where they are many. */
  readonly family: (table: Table<unknown>, key: readonly Cell[]) => readonly (readonly Cell[])[] | undefined;
};

/** A database that a store keeps its rows in. */
export type Backend = {
  /** Throws `NewerDatabaseError` when a newer program changed the tables, `DatabaseAwayError` when that cannot be seen now. */
  readonly check: () => Promise<void>;
  /** Everything that `work` reads is of one moment. `work` must not read or write in another way. */
  readonly read: <T>(work: (rows: Rows) => Promise<T>) => Promise<T>;
  /** One transaction: `work` reads, and what it returns is written, all of it or nothing. */
  readonly write: (work: (rows: WriterRows) => Promise<readonly Write[]>) => Promise<void>;
  /** Makes sure that this process may write, and that the tables are there. Throws `DatabaseAwayError` while another writes. */
  readonly claim: () => Promise<void>;
  /** Whether this process may write now. */
  readonly leads: () => boolean;
  /** Calls `onChange` when another process may have written; returns how to stop. */
  readonly watch: (onChange: () => void) => () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Writes a row, new or in the place of the one with the same key. */
export function putRow<R>(table: Table<R>, ...rows: readonly R[]): Write {
  return { kind: "put", table: table as Table<unknown>, rows: rows.map((row) => table.encode(row)) };
}

/** Runs one SQL statement that gives no rows. */
export function runSql(sql: string, ...parameters: readonly Cell[]): Write {
  return { kind: "run", sql, parameters };
}
