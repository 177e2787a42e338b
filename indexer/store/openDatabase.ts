import { existsSync, mkdirSync, renameSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { shortMessageOf } from "#protocol/errors.ts";
import { foldTables } from "../project/tables.ts";
import { DatabaseError } from "./DatabaseError.ts";
import { lockDatabase } from "./lockDatabase.ts";
import { keepTables } from "./tables.ts";

/** Goes up when a table or the fold changes; what another version made is left as it is, and read anew beside it. */
export const DATABASE_VERSION = 2;

export type OpenDatabase = { readonly database: DatabaseSync; readonly path: string; readonly close: () => void };

/**
 * Opens the database file, makes it where there is none, and keeps other indexers out. ":memory:" is one that goes with
 * the process. With `resync` a damaged file is put aside and a new one begun. Where the file is of another version, one
 * beside it is used, so that an indexer of that version goes on undisturbed. Throws `DatabaseError` when the file is
 * damaged or in use.
 */
export function openDatabase(file: string, { resync = false } = {}): OpenDatabase {
  if (file === ":memory:") return { ...prepare(file), path: file, close: () => {} };
  const path = ownPath(resolve(file));
  makeFolder(path);
  const unlock = lockDatabase(path);
  try {
    const { database } = resync ? prepareAnew(path) : prepare(path);
    return {
      database,
      path,
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

/** Where this version keeps its rows: in the file itself, or beside one of another version. */
function ownPath(path: string): string {
  const version = versionOf(path);
  return version === 0 || version === DATABASE_VERSION ? path : `${path}.v${DATABASE_VERSION}`;
}

/** The version that made a file; 0 for none, and for what is no database. */
function versionOf(path: string): number {
  if (!existsSync(path)) return 0;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true });
    return Number(database.prepare("PRAGMA user_version").get()?.["user_version"] ?? 0);
  } catch {
    return 0;
  } finally {
    database?.close();
  }
}

/** Keeps a damaged file under another name, and begins a new one. */
function prepareAnew(path: string): { readonly database: DatabaseSync } {
  try {
    return prepare(path);
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    const aside = `${path}.damaged-${new Date().toISOString().replaceAll(/[:.]/g, "-")}`;
    for (const part of ["", "-wal", "-shm"]) {
      if (existsSync(`${path}${part}`)) renameSync(`${path}${part}`, `${aside}${part}`);
    }
    return prepare(path);
  }
}

function prepare(path: string): { readonly database: DatabaseSync } {
  const remedy = `Start again with --resync: the file is kept aside, and everything in it is read anew from the chain. Or move ${path} away.`;
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
        metaMessages: [`File: ${path}`, `This version: ${DATABASE_VERSION}`, "Name another file with --db."],
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
