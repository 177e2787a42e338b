import { project } from "../../../indexer/project/project.ts";
import { foldTables } from "../../../indexer/project/tables.ts";
import { openDatabase } from "../../../indexer/store/openDatabase.ts";
import { createStore } from "../../../indexer/store/store.ts";
import { tell } from "../../../indexer/stream/tell.ts";

/** Everything that the fold wrote into a database file that no indexer has open. */
export function readIndex(file: string): Record<string, unknown[]> {
  const store = createStore({ open: openDatabase(file), project, tell });
  try {
    return Object.fromEntries(foldTables.map((table) => [table.name, store.rows.select(table, "TRUE")]));
  } finally {
    store.close();
  }
}
