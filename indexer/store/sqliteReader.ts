import { statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { Backend } from "./backend.ts";
import { DatabaseAwayError } from "./DatabaseAwayError.ts";
import { explainedSqlite } from "./explainedSqlite.ts";
import { pendingSqlite } from "./migrateSqlite.ts";
import { MIGRATIONS } from "./migrations.ts";
import { OtherTablesError } from "./OtherTablesError.ts";
import { PROJECTION_VERSION } from "./projectionVersion.ts";
import { createSqliteBackend } from "./sqliteBackend.ts";

/** Milliseconds between two looks whether another process wrote. */
const LOOK_MS = 100;
/** Milliseconds to wait for another process, which holds a file for moments only. */
const PATIENCE_MS = 5_000;

type Opened = { readonly database: DatabaseSync; readonly inner: Backend; readonly inode: number };

/**
 * A database file of `version` that another process may write, or none: read only, each read a moment of its own. Opened
 * when it is there, and again when another file took its place. `locate` says where it is now.
 */
export function createSqliteReader(locate: () => string, version = PROJECTION_VERSION): Backend {
  let kept: Opened | undefined;

  function opened(): Opened {
    const path = locate();
    const inode = statSync(path, { throwIfNoEntry: false })?.ino;
    if (kept !== undefined && (inode === undefined || inode === kept.inode)) return kept;
    kept?.database.close();
    kept = undefined;
    if (inode === undefined) throw new DatabaseAwayError("No indexer of this version has written this database yet.");
    const database = new DatabaseSync(path, { readOnly: true, timeout: PATIENCE_MS });
    try {
      mustFit(database, path, version);
    } catch (error) {
      database.close();
      throw explainedSqlite(error, path);
    }
    kept = { database, inode, inner: createSqliteBackend({ database, path, close: () => database.close() }) };
    return kept;
  }

  const refused = () =>
    Promise.reject(new DatabaseAwayError("This process only reads; another one writes this database."));
  return {
    check: async () => void opened(),
    async read(work) {
      const { database, inner } = opened();
      return inner.read(async (rows) => {
        database.exec("BEGIN");
        try {
          return await work(rows);
        } finally {
          database.exec("COMMIT");
        }
      });
    },
    write: refused,
    claim: refused,
    leads: () => false,
    watch(onChange) {
      let seen: unknown;
      const timer = setInterval(() => {
        const now = stateOf(opened);
        if (now !== seen) onChange();
        seen = now;
      }, LOOK_MS);
      return async () => clearInterval(timer);
    },
    close: async () => {
      await kept?.inner.close();
      kept = undefined;
    },
  };
}

/** Changes whenever another process writes, or another file takes the place of this one. */
function stateOf(opened: () => Opened): string | undefined {
  try {
    const { database, inode } = opened();
    return `${inode}:${database.prepare("PRAGMA data_version").get()?.["data_version"]}`;
  } catch {
    return undefined;
  }
}

function mustFit(database: DatabaseSync, path: string, version: number): void {
  const found = database.prepare("PRAGMA user_version").get()?.["user_version"];
  if (found !== version) throw new OtherTablesError(`${path} is not of version ${version} yet.`);
  if (version !== PROJECTION_VERSION) return;
  const pending = pendingSqlite(database, { path, migrations: MIGRATIONS });
  if (pending.length > 0)
    throw new OtherTablesError("The database waits for a process of this program's version that writes it.");
}
