import type { StatementSync } from "node:sqlite";
import type { Backend, RowsNow, Write } from "./backend.ts";
import type { Cell } from "./column.ts";
import { explainedSqlite } from "./explainedSqlite.ts";
import { createTurns } from "./inTurn.ts";
import type { OpenDatabase } from "./openDatabase.ts";
import { createRows, listed, selectByKey, whereKey } from "./rows.ts";
import type { Table } from "./table.ts";

/** Rows that are read together at most: beyond, each is read when it is asked for. */
const MOST_IN_FAMILY = 256;

/**
 * SQLite behind the store, on one connection: reads and writes take turns, so that each reads one moment. A turn waits
 * for nothing outside the process.
 */
export function createSqliteBackend({ database, path, close }: OpenDatabase): Backend {
  const prepared = new Map<string, StatementSync>();
  const inTurn = createTurns();

  function statement(sql: string): StatementSync {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const made = database.prepare(sql);
    made.setReturnArrays(true);
    prepared.set(sql, made);
    return made;
  }

  const all = (sql: string, parameters: readonly Cell[]) =>
    statement(sql).all(...parameters) as unknown as (readonly Cell[])[];
  const rows = createRows(async (sql, parameters) => all(sql, parameters));
  const now = readNow(statement);
  const writerRows = {
    ...rows,
    now,
    cellsOf: async (table: Table<unknown>, keys: readonly (readonly Cell[])[]) =>
      keys.map((key) => now.cells(table, key)),
  };

  function apply(write: Write): void {
    switch (write.kind) {
      case "put": {
        const { name, columns } = write.table;
        const places = columns.map(() => "?").join(", ");
        const insert = statement(`INSERT OR REPLACE INTO "${name}" (${listed(columns)}) VALUES (${places})`);
        for (const cells of write.rows) insert.run(...cells);
        return;
      }
      case "remove": {
        const remove = statement(`DELETE FROM "${write.table.name}" WHERE ${whereKey(write.table)}`);
        for (const key of write.keys) remove.run(...key);
        return;
      }
      case "run":
        statement(write.sql).run(...write.parameters);
    }
  }

  return {
    // The file was checked when it was opened.
    check: async () => {},
    read: (work) =>
      inTurn(async () => {
        try {
          return await work(rows);
        } catch (error) {
          throw explainedSqlite(error, path);
        }
      }),
    write: (work) =>
      inTurn(async () => {
        try {
          database.exec("BEGIN IMMEDIATE");
          for (const write of await work(writerRows)) apply(write);
          database.exec("COMMIT");
        } catch (error) {
          if (database.isTransaction) database.exec("ROLLBACK");
          throw explainedSqlite(error, path);
        }
      }),
    // The file's lock was taken when it was opened.
    claim: async () => {},
    leads: () => true,
    watch: () => async () => {},
    close: () => inTurn(async () => close()),
  };
}

/** Reads by key. A fold does this for every event, so each table's statements are looked up by the table itself. */
function readNow(statement: (sql: string) => StatementSync): RowsNow {
  const byKey = perTable((table) => statement(selectByKey(table)));
  const byFamily = perTable((table) =>
    statement(
      `SELECT ${listed(table.columns)} FROM "${table.name}" WHERE ${whereKey(table, table.keyLength - 1)} LIMIT ${MOST_IN_FAMILY + 1}`,
    ),
  );
  return {
    cells: (table, key) => byKey(table).get(...key) as unknown as readonly Cell[] | undefined,
    family(table, key) {
      const found = byFamily(table).all(...key.slice(0, -1)) as unknown as readonly (readonly Cell[])[];
      return found.length > MOST_IN_FAMILY ? undefined : found;
    },
  };
}

function perTable<T>(make: (table: Table<unknown>) => T): (table: Table<unknown>) => T {
  const made = new Map<Table<unknown>, T>();
  return (table) => {
    const known = made.get(table) ?? make(table);
    made.set(table, known);
    return known;
  };
}
