import { InvalidInputError } from "#protocol/errors.ts";
import type { Backend } from "./backend.ts";
import { openDatabase } from "./openDatabase.ts";
import { createPostgresBackend } from "./postgresBackend.ts";
import { PROJECTION_VERSION } from "./projectionVersion.ts";
import { createSqliteBackend } from "./sqliteBackend.ts";
import { createSqliteReader } from "./sqliteReader.ts";
import { ownFileOf } from "./versionFiles.ts";

/** Opens a database: an address postgres://…, a file, or ":memory:". Each version has a schema of its own in Postgres. */
export function openBackend(db: string, { resync = false, readOnly = false } = {}): Backend {
  if (isAddress(db)) return createPostgresBackend(db, schemaOf(PROJECTION_VERSION));
  if (!readOnly) return createSqliteBackend(openDatabase(db, { resync }));
  if (db === ":memory:") throw new InvalidInputError("Nobody else can write a database in this process' memory.");
  return createSqliteReader(() => ownFileOf(db));
}

/** Where a version keeps its rows in Postgres. */
export function schemaOf(version: number): string {
  return `coindrop_${version}`;
}

/** A database as it is named in messages: without the password. */
export function databaseName(db: string): string {
  if (!isAddress(db)) return db;
  const { protocol, host, pathname } = new URL(db);
  return `${protocol}//${host}${pathname}`;
}

export function isAddress(db: string): boolean {
  return /^postgres(ql)?:\/\//.test(db);
}
