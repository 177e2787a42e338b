import { project } from "../../../indexer/project/project.ts";
import { foldTables } from "../../../indexer/project/tables.ts";
import { openDatabase } from "../../../indexer/store/openDatabase.ts";
import { createSqliteBackend } from "../../../indexer/store/sqliteBackend.ts";
import { createStore } from "../../../indexer/store/store.ts";
import { tell } from "../../../indexer/stream/tell.ts";

/** Everything that the fold wrote into a database file that no indexer has open. */
export async function readIndex(file: string): Promise<Record<string, unknown[]>> {
  const store = createStore({ backend: createSqliteBackend(openDatabase(file)), project, tell });
  try {
    return await store.read(async (rows) => {
      const tables = foldTables.map(async (table) => [table.name, await rows.select(table, "TRUE")]);
      return Object.fromEntries(await Promise.all(tables));
    });
  } finally {
    await store.close();
  }
}
