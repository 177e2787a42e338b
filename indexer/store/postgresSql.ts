import type { Write } from "./backend.ts";
import type { Cell } from "./column.ts";
import { toPostgres } from "./postgresSession.ts";
import { listed } from "./rows.ts";
import type { Table } from "./table.ts";

type Statement = { readonly sql: string; readonly parameters: readonly unknown[] };

/** Rows that travel in one statement. */
const MOST_ROWS = 5_000;

/** The statements that do what `write` says. */
export function statementsOf(write: Write): Statement[] {
  switch (write.kind) {
    case "run":
      return [{ sql: write.sql, parameters: write.parameters.map(toPostgres) }];
    case "remove":
      return pagesOf(write.keys).map((keys) => ({
        sql: `DELETE FROM "${write.table.name}" WHERE ${amongKeys(write.table)}`,
        parameters: byColumn(keys, write.table.keyLength),
      }));
    case "put": {
      const { table } = write;
      const names = table.columns.slice(0, table.keyLength);
      const others = table.columns.slice(table.keyLength).map((column) => `"${column}" = excluded."${column}"`);
      const replace = others.length === 0 ? "NOTHING" : `UPDATE SET ${others.join(", ")}`;
      const insert = `INSERT INTO "${table.name}" (${listed(table.columns)}) SELECT * FROM ${arrays(table, table.columns.length)}`;
      return pagesOf(write.rows).map((rows) => ({
        sql: `${insert} ON CONFLICT (${listed(names)}) DO ${replace}`,
        parameters: byColumn(rows, table.columns.length),
      }));
    }
  }
}

/** Reads the rows with these keys. */
export function selectKeys(table: Table<unknown>, keys: readonly (readonly Cell[])[]): Statement[] {
  return pagesOf(keys).map((page) => ({
    sql: `SELECT ${listed(table.columns)} FROM "${table.name}" WHERE ${amongKeys(table)}`,
    parameters: byColumn(page, table.keyLength),
  }));
}

function amongKeys(table: Table<unknown>): string {
  const names = listed(table.columns.slice(0, table.keyLength));
  return `(${names}) IN (SELECT * FROM ${arrays(table, table.keyLength)})`;
}

function arrays(table: Table<unknown>, columns: number): string {
  const places = table.types.slice(0, columns).map((type) => `?::${POSTGRES_TYPES[type]}[]`);
  return `unnest(${places.join(", ")})`;
}

const POSTGRES_TYPES = { TEXT: "text", INTEGER: "bigint", BLOB: "bytea" } as const;

function byColumn(rows: readonly (readonly Cell[])[], columns: number): unknown[] {
  return Array.from({ length: columns }, (_, column) => rows.map((row) => toPostgres(row[column] ?? null)));
}

function pagesOf<T>(rows: readonly T[]): (readonly T[])[] {
  return Array.from({ length: Math.ceil(rows.length / MOST_ROWS) }, (_, page) =>
    rows.slice(page * MOST_ROWS, (page + 1) * MOST_ROWS),
  );
}
