import { DatabaseSync } from "node:sqlite";
import { shortMessageOf } from "#protocol/errors.ts";
import { DatabaseError } from "./DatabaseError.ts";

/**
 * Takes the right to write a database file, and returns how to give it back. The right is a transaction held open on
 * a file beside it, so the system takes it back when the process dies, however it dies, and readers are not in the way.
 */
export function lockDatabase(path: string): () => void {
  const lock = openLock(path);
  try {
    lock.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE;");
  } catch (error) {
    lock.close();
    if (!shortMessageOf(error).includes("locked")) throw notLockable(path, error);
    throw new DatabaseError("Another indexer is writing this database.", {
      metaMessages: [`File: ${path}`, "Stop the other one, or name another file with --db."],
      cause: error,
    });
  }
  return () => lock.close();
}

function openLock(path: string): DatabaseSync {
  try {
    return new DatabaseSync(`${path}.lock`);
  } catch (error) {
    throw notLockable(path, error);
  }
}

function notLockable(path: string, error: unknown): DatabaseError {
  return new DatabaseError("The database file cannot be locked.", {
    metaMessages: [`File: ${path}.lock`, `SQLite says: ${shortMessageOf(error)}`, "The folder must be writable."],
    cause: error,
  });
}
