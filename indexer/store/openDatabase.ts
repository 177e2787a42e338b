import { mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { shortMessageOf } from "#protocol/errors.ts";
import { foldTables } from "../project/tables.ts";
import { DatabaseError } from "./DatabaseError.ts";
import { lockDatabase } from "./lockDatabase.ts";
import { keepTables } from "./tables.ts";

/** Goes up when a table changes; a database of another version is refused and read anew. */
export const DATABASE_VERSION = 2;

export type OpenDatabase = { readonly database: DatabaseSync; readonly close: () => void };

/**
 * Opens the database file, makes it where there is none, and keeps other indexers out. ":memory:" is one that goes with
 * the process. Throws `DatabaseError` when the file is damaged, of another version, or in use.
 */
export function openDatabase(file: string): OpenDatabase {
  if (file === ":memory:") return { ...prepare(file), close: () => {} };
  const path = resolve(file);
  makeFolder(path);
  const unlock = lockDatabase(path);
  try {
    const { database } = prepare(path);
    return {
      database,
      close() {
        database.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

function prepare(path: string): { readonly database: DatabaseSync } {
  const remedy = `Move ${path} away and start again: everything in it is read anew from the chain.`;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY;");
    const verdict = database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"];
    if (verdict !== "ok") throw new Error(String(verdict));
    const version = database.prepare("PRAGMA user_version").get()?.["user_version"];
    if (version === 0) {
      const ddl = [...foldTables, ...keepTables].map((table) => table.ddl).join("\n");
      database.exec(`BEGIN;\n${ddl}\nPRAGMA user_version = ${DATABASE_VERSION};\nCOMMIT;`);
    } else if (version !== DATABASE_VERSION) {
      throw new DatabaseError(`The database was made by another version of the indexer (${version}).`, {
        metaMessages: [`File: ${path}`, `This version: ${DATABASE_VERSION}`, remedy],
      });
    }
    return { database };
  } catch (error) {
    database?.close();
    if (error instanceof DatabaseError) throw error;
    throw new DatabaseError("The database file cannot be read.", {
      metaMessages: [`File: ${path}`, `SQLite says: ${shortMessageOf(error)}`, remedy],
      cause: error,
    });
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    throw new DatabaseError("The folder of the database cannot be made.", {
      metaMessages: [`File: ${path}`, `The system says: ${shortMessageOf(error)}`],
      cause: error,
    });
  }
}
