import type { Backend } from "./backend.ts";
import { openDatabase } from "./openDatabase.ts";
import { createPostgresBackend } from "./postgresBackend.ts";
import { PROJECTION_VERSION } from "./projectionVersion.ts";
import { createSqliteBackend } from "./sqliteBackend.ts";

/** Opens a database: an address postgres://…, a file, or ":memory:". Each version has a schema of its own in Postgres. */
export function openBackend(db: string, { resync = false } = {}): Backend {
  if (!isAddress(db)) return createSqliteBackend(openDatabase(db, { resync }));
  return createPostgresBackend(db, `coindrop_${PROJECTION_VERSION}`);
}

/** A database as it is named in messages: without the password. */
export function databaseName(db: string): string {
  if (!isAddress(db)) return db;
  const { protocol, host, pathname } = new URL(db);
  return `${protocol}//${host}${pathname}`;
}

function isAddress(db: string): boolean {
  return /^postgres(ql)?:\/\//.test(db);
}
