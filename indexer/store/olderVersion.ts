import { Client } from "pg";
import { shortMessageOf } from "#protocol/errors.ts";
import { foldTables } from "../project/tables.ts";
import type { Backend } from "./backend.ts";
import { DatabaseAwayError } from "./DatabaseAwayError.ts";
import { OtherTablesError } from "./OtherTablesError.ts";
import { isAddress, schemaOf } from "./openBackend.ts";
import { createPostgresBackend } from "./postgresBackend.ts";
import { ask, explained, sessionConfig } from "./postgresSession.ts";
import { PROJECTION_VERSION } from "./projectionVersion.ts";
import { createSqliteReader } from "./sqliteReader.ts";
import { answerTables } from "./tables.ts";
import { olderFilesOf } from "./versionFiles.ts";

/** The newest version before this one that a database holds. Only read, whoever writes it. */
export type OlderVersion = {
  readonly version: number;
  readonly backend: Pick<Backend, "read" | "watch" | "close">;
  /** Why this program's answers cannot be made of its rows; null where they can. */
  readonly unreadable: string | null;
};

/** Looks for it; undefined where there is none. Throws `DatabaseAwayError` when the database does not answer. */
export async function findOlder(db: string): Promise<OlderVersion | undefined> {
  const found = isAddress(db) ? await newestSchema(db) : newestFile(db);
  if (found === undefined) return undefined;
  try {
    await readAll(found.backend);
    return { ...found, unreadable: null };
  } catch (error) {
    if (error instanceof DatabaseAwayError && !(error instanceof OtherTablesError)) {
      await found.backend.close();
      throw error;
    }
    return { ...found, unreadable: shortMessageOf(error) };
  }
}

/** Versions before this one whose rows are in a Postgres, the newest first. Throws `DatabaseAwayError`. */
export async function olderSchemasOf(db: string): Promise<number[]> {
  const client = new Client(sessionConfig(db, "public"));
  client.on("error", () => {});
  try {
    await client.connect();
    const found = await ask(client, `SELECT nspname::text FROM pg_namespace WHERE nspname ~ '^coindrop_[0-9]+$'`, []);
    return found
      .map(([name]) => Number(String(name).replace(/^\D+/, "")))
      .filter((version) => version < PROJECTION_VERSION)
      .sort((a, b) => b - a);
  } catch (error) {
    throw explained(error);
  } finally {
    await client.end().catch(() => {});
  }
}

async function newestSchema(db: string) {
  const [version] = await olderSchemasOf(db);
  return version === undefined ? undefined : { version, backend: createPostgresBackend(db, schemaOf(version)) };
}

function newestFile(db: string) {
  if (db === ":memory:") return undefined;
  const [file] = olderFilesOf(db);
  if (file === undefined) return undefined;
  return { version: file.version, backend: createSqliteReader(() => file.path, file.version) };
}

/** Reads a row of every table that answers are made of, so that a missing or changed column shows. */
function readAll(backend: Backend): Promise<void> {
  return backend.read(async (rows) => {
    for (const table of [...foldTables, ...answerTables]) await rows.select(table, "TRUE LIMIT 1");
  });
}
