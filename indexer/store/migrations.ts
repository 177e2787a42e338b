import { NewerDatabaseError } from "./NewerDatabaseError.ts";

/**
 * A change of the tables after which every row stays true: a new index, a new table, a new column that may be null.
 * `sql` is SQLite's; Postgres gets it through `inPostgres`. What changes the meaning of rows is no migration: it raises
 * `PROJECTION_VERSION`, and the rows are folded anew.
 */
export type Migration = { readonly name: string; readonly sql: string };

/**
 * Everything that changed in the tables of this projection version since its first release, in the order of being
 * applied; never edited once released, only added to. New databases get the tables as they are now and count as
 * migrated. Begins anew, empty, with a new projection version.
 */
export const MIGRATIONS: readonly Migration[] = [];

/** The table of what was applied, for databases from before there was one. */
export const MIGRATIONS_TABLE = `CREATE TABLE IF NOT EXISTS "migrations" ("name" TEXT NOT NULL, "appliedAt" INTEGER NOT NULL, PRIMARY KEY ("name")) WITHOUT ROWID, STRICT;`;

/** Those that are still to be applied. Throws `NewerDatabaseError` when `applied` has one that this program does not know. */
export function pendingOf(known: readonly Migration[], applied: readonly string[], where: string): Migration[] {
  const unknown = applied.filter((name) => !known.some((migration) => migration.name === name));
  if (unknown.length > 0) throw new NewerDatabaseError(where, unknown);
  return known.filter(({ name }) => !applied.includes(name));
}

/** SQLite's table definitions in Postgres' words: texts sort by their bytes, as in SQLite. */
export function inPostgres(sql: string): string {
  return sql
    .replaceAll(/" TEXT\b/g, '" text COLLATE "C"')
    .replaceAll(/" INTEGER\b/g, '" bigint')
    .replaceAll(/" BLOB\b/g, '" bytea')
    .replaceAll(/\)\s*WITHOUT ROWID, STRICT;/g, ");");
}
