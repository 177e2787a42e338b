import type { DatabaseSync } from "node:sqlite";
import { shortMessageOf } from "#protocol/errors.ts";
import { DatabaseError } from "./DatabaseError.ts";
import type { Migration } from "./migrations.ts";
import { MIGRATIONS_TABLE, pendingOf } from "./migrations.ts";

type Options = { readonly path: string; readonly migrations: readonly Migration[] };

/**
 * Applies what is missing, in order, all of it or nothing. Throws `NewerDatabaseError` before it touches anything when a
 * newer program was there.
 */
export function migrateSqlite(database: DatabaseSync, { path, migrations }: Options): void {
  const pending = pendingSqlite(database, { path, migrations });
  if (pending.length === 0) return;
  try {
    database.exec(`BEGIN IMMEDIATE; ${MIGRATIONS_TABLE}`);
    for (const { sql } of pending) database.exec(sql);
    markApplied(database, pending);
    database.exec("COMMIT");
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw new DatabaseError("The database's tables cannot be brought up to date; they are as they were.", {
      metaMessages: [
        `File: ${path}`,
        `Wanted: ${pending.map(({ name }) => name).join("; ")}`,
        `SQLite says: ${shortMessageOf(error)}`,
      ],
      cause: error,
    });
  }
}

/** What is still to be applied. Throws `NewerDatabaseError`. */
export function pendingSqlite(database: DatabaseSync, { path, migrations }: Options): Migration[] {
  const isThere = database.prepare(`SELECT 1 FROM "sqlite_schema" WHERE "name" = 'migrations'`).get() !== undefined;
  const applied = isThere ? database.prepare(`SELECT "name" FROM "migrations"`).all() : [];
  return pendingOf(
    migrations,
    applied.map(({ name }) => String(name)),
    path,
  );
}

export function markApplied(database: DatabaseSync, migrations: readonly Migration[]): void {
  const mark = database.prepare(`INSERT INTO "migrations" ("name", "appliedAt") VALUES (?, ?)`);
  for (const { name } of migrations) mark.run(name, Date.now());
}
