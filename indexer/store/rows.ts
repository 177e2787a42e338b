import type { Cell } from "./column.ts";
import type { Table } from "./table.ts";

/** Typed reading of rows. All that one `Rows` answers is true at the same moment. */
export type Rows = {
  readonly get: <R>(table: Table<R>, key: readonly Cell[]) => Promise<R | undefined>;
  /** Rows that match `where`, an SQL condition and order with one `?` for each parameter. */
  readonly select: <R>(table: Table<R>, where: string, ...parameters: readonly Cell[]) => Promise<R[]>;
  readonly list: (sql: string, ...parameters: readonly Cell[]) => Promise<readonly (readonly Cell[])[]>;
  /** The first cell of the first row; null where there is none. */
  readonly cell: (sql: string, ...parameters: readonly Cell[]) => Promise<Cell>;
};

type Query = (sql: string, parameters: readonly Cell[]) => Promise<readonly (readonly Cell[])[]>;

/** Rows of a database that is asked through `query`. */
export function createRows(query: Query): Rows {
  return {
    async get(table, key) {
      const [cells] = await query(selectByKey(table as Table<unknown>), key);
      return cells === undefined ? undefined : table.decode(cells);
    },
    async select(table, where, ...parameters) {
      const found = await query(`SELECT ${listed(table.columns)} FROM "${table.name}" WHERE ${where}`, parameters);
      return found.map((cells) => table.decode(cells));
    },
    list: (sql, ...parameters) => query(sql, parameters),
    async cell(sql, ...parameters) {
      const [first] = await query(sql, parameters);
      return first?.[0] ?? null;
    },
  };
}

export function selectByKey(table: Table<unknown>): string {
  return `SELECT ${listed(table.columns)} FROM "${table.name}" WHERE ${whereKey(table)}`;
}

/** Condition that one row's key fulfils, one `?` for each of its columns, or for the first few of them. */
export function whereKey({ columns, keyLength }: Table<unknown>, length = keyLength): string {
  const parts = columns.slice(0, length).map((column) => `"${column}" = ?`);
  return parts.join(" AND ");
}

export function listed(columns: readonly string[]): string {
  return columns.map((column) => `"${column}"`).join(", ");
}
