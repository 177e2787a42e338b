import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Cell } from "./column.ts";
import type { Table } from "./table.ts";

/** Typed access to the rows of a database, with statements prepared once. */
export type Rows = {
  readonly get: <R>(table: Table<R>, key: readonly Cell[]) => R | undefined;
  /** Rows that match `where`, an SQL condition and order with one `?` for each parameter. */
  readonly select: <R>(table: Table<R>, where: string, ...parameters: readonly Cell[]) => R[];
  readonly put: <R>(table: Table<R>, row: R) => void;
  readonly putCells: (table: Table<unknown>, cells: readonly Cell[]) => void;
  readonly getCells: (table: Table<unknown>, key: readonly Cell[]) => readonly Cell[] | undefined;
  readonly remove: (table: Table<unknown>, key: readonly Cell[]) => void;
  /** Runs one SQL statement that gives no rows. */
  readonly run: (sql: string, ...parameters: readonly Cell[]) => void;
  readonly list: (sql: string, ...parameters: readonly Cell[]) => readonly (readonly Cell[])[];
  /** The first cell of the first row; null where there is none. */
  readonly cell: (sql: string, ...parameters: readonly Cell[]) => Cell;
};

export function createRows(database: DatabaseSync): Rows {
  const prepared = new Map<string, StatementSync>();

  function statement(sql: string): StatementSync {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const made = database.prepare(sql);
    made.setReturnArrays(true);
    prepared.set(sql, made);
    return made;
  }

  const listed = (columns: readonly string[]) => columns.map((column) => `"${column}"`).join(", ");
  const whereKey = ({ columns, keyLength }: Table<unknown>) =>
    columns
      .slice(0, keyLength)
      .map((column) => `"${column}" = ?`)
      .join(" AND ");
  const all = (sql: string, parameters: readonly Cell[]) =>
    statement(sql).all(...parameters) as unknown as (readonly Cell[])[];

  function getCells(table: Table<unknown>, key: readonly Cell[]) {
    return all(`SELECT ${listed(table.columns)} FROM "${table.name}" WHERE ${whereKey(table)}`, key)[0];
  }

  function putCells(table: Table<unknown>, cells: readonly Cell[]) {
    const places = table.columns.map(() => "?").join(", ");
    statement(`INSERT OR REPLACE INTO "${table.name}" (${listed(table.columns)}) VALUES (${places})`).run(...cells);
  }

  return {
    getCells,
    putCells,
    get(table, key) {
      const cells = getCells(table, key);
      return cells === undefined ? undefined : table.decode(cells);
    },
    select(table, where, ...parameters) {
      const rows = all(`SELECT ${listed(table.columns)} FROM "${table.name}" WHERE ${where}`, parameters);
      return rows.map((cells) => table.decode(cells));
    },
    put(table, row) {
      putCells(table, table.encode(row));
    },
    remove(table, key) {
      statement(`DELETE FROM "${table.name}" WHERE ${whereKey(table)}`).run(...key);
    },
    run(sql, ...parameters) {
      statement(sql).run(...parameters);
    },
    list: (sql, ...parameters) => all(sql, parameters),
    cell(sql, ...parameters) {
      return all(sql, parameters)[0]?.[0] ?? null;
    },
  };
}
