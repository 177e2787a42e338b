import { accessSync, constants, existsSync, mkdirSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { shortMessageOf } from "#protocol/errors.ts";
import { foldTables } from "../project/tables.ts";
import { DamagedDatabaseError, DatabaseError } from "./DatabaseError.ts";
import { explainedSqlite, isDamage } from "./explainedSqlite.ts";
import { lockDatabase } from "./lockDatabase.ts";
import { markApplied, migrateSqlite } from "./migrateSqlite.ts";
import type { Migration } from "./migrations.ts";
import { MIGRATIONS } from "./migrations.ts";
import { PROJECTION_VERSION } from "./projectionVersion.ts";
import { keepTables } from "./tables.ts";
import { ownFileOf } from "./versionFiles.ts";

/** Pages kept in memory, in KiB: a range of blocks touches pages all over a large table. */
const CACHE_KB = 32_768;
/** Of a new file. */
const PAGE_BYTES = 8_192;
/** Pages in the log before they go to the file: a page that many ranges change goes there once. */
const PAGES_A_CHECKPOINT = 4_000;

export type OpenDatabase = { readonly database: DatabaseSync; readonly path: string; readonly close: () => void };

/**
 * Opens the database file, makes it where there is none, and keeps other indexers out. ":memory:" is one that goes with
 * the process. With `resync` a damaged file is put aside and a new one begun. Where the file is of another version, one
 * beside it is used, so that an indexer of that version goes on undisturbed. Throws `DatabaseError` when the file is
 * damaged, in use, or changed by a newer program.
 */
export function openDatabase(file: string, { resync = false, migrations = MIGRATIONS } = {}): OpenDatabase {
  if (file === ":memory:") return { ...prepare(file, migrations), path: file, close: () => {} };
  const path = ownFileOf(file);
  makeFolder(path);
  mustBeWritable(path);
  const unlock = lockDatabase(path);
  try {
    const { database } = resync ? prepareAnew(path, migrations) : prepare(path, migrations);
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

/** Keeps a damaged file under another name, and begins a new one. */
function prepareAnew(path: string, migrations: readonly Migration[]): { readonly database: DatabaseSync } {
  try {
    return prepare(path, migrations);
  } catch (error) {
    if (!(error instanceof DamagedDatabaseError)) throw error;
    const aside = `${path}.damaged-${new Date().toISOString().replaceAll(/[:.]/g, "-")}`;
    for (const part of ["", "-wal", "-shm"]) {
      if (existsSync(`${path}${part}`)) renameSync(`${path}${part}`, `${aside}${part}`);
    }
    return prepare(path, migrations);
  }
}

function prepare(path: string, migrations: readonly Migration[]): { readonly database: DatabaseSync } {
  const remedy = `Start again with --resync: the file is kept aside, and everything in it is read anew from the chain. Or move ${path} away.`;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    database.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;`);
    database.exec(`PRAGMA cache_size = -${CACHE_KB}; PRAGMA wal_autocheckpoint = ${PAGES_A_CHECKPOINT};`);
    const verdict = database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"];
    if (verdict !== "ok") throw new DamagedDatabaseError(String(verdict));
    const version = database.prepare("PRAGMA user_version").get()?.["user_version"];
    if (version === 0) makeTables(database, migrations);
    else migrateSqlite(database, { path, migrations });
    return { database };
  } catch (error) {
    database?.close();
    if (error instanceof DatabaseError && !(error instanceof DamagedDatabaseError)) throw error;
    if (!isDamage(error)) throw explainedSqlite(error, path);
    throw new DamagedDatabaseError("The database file cannot be read.", {
      metaMessages: [`File: ${path}`, `SQLite says: ${shortMessageOf(error)}`, remedy],
      cause: error,
    });
  }
}

function makeTables(database: DatabaseSync, migrations: readonly Migration[]): void {
  const ddl = [...foldTables, ...keepTables].map((table) => table.ddl).join("\n");
  database.exec(`BEGIN; ${ddl}`);
  markApplied(database, migrations);
  database.exec(`PRAGMA user_version = ${PROJECTION_VERSION}; COMMIT;`);
}

/** SQLite makes files beside the database; where it cannot, its own words lead astray. */
function mustBeWritable(path: string): void {
  for (const each of [dirname(path), path].filter(existsSync)) {
    try {
      accessSync(each, constants.W_OK);
    } catch (error) {
      throw new DatabaseError("The database cannot be written here.", {
        metaMessages: [
          `File: ${path}`,
          `The system says: ${shortMessageOf(error)}`,
          "Make the disk and the folder writable, or name another file with --db. What is in it was not touched.",
        ],
        cause: error,
      });
    }
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
