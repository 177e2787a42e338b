import { rmSync } from "node:fs";
import { Client } from "pg";
import { BaseError } from "#protocol/errors.ts";
import { DatabaseAwayError } from "./DatabaseAwayError.ts";
import { lockDatabase } from "./lockDatabase.ts";
import { olderSchemasOf } from "./olderVersion.ts";
import { databaseName, isAddress, openBackend, schemaOf } from "./openBackend.ts";
import { explained, sessionConfig, takeLock } from "./postgresSession.ts";
import { PROJECTION_VERSION } from "./projectionVersion.ts";
import { writer } from "./tables.ts";
import { olderFilesOf } from "./versionFiles.ts";

/**
 * Removes what versions before this one left, and returns its names. Throws a `BaseError`, and removes nothing, while
 * this version is not complete, or while a process writes one of them.
 */
export async function pruneOlder(db: string): Promise<string[]> {
  await mustBeComplete(db);
  return isAddress(db) ? pruneSchemas(db) : pruneFiles(db);
}

async function mustBeComplete(db: string): Promise<void> {
  const own = openBackend(db, { readOnly: true });
  try {
    const said = await own.read((rows) => rows.get(writer, [1]));
    if ((said?.completed ?? null) !== null) return;
    throw new BaseError(`Version ${PROJECTION_VERSION} is not complete yet; what is older still answers.`, {
      metaMessages: [`Database: ${databaseName(db)}`, "Let `indexer serve` come to the chain's head first."],
    });
  } finally {
    await own.close();
  }
}

function pruneFiles(db: string): string[] {
  const locked = olderFilesOf(db).map(({ path }) => ({ path, unlock: lockDatabase(path) }));
  for (const { path, unlock } of locked) {
    for (const part of ["-wal", "-shm", ""]) rmSync(`${path}${part}`, { force: true });
    unlock();
    rmSync(`${path}.lock`, { force: true });
  }
  return locked.map(({ path }) => path);
}

async function pruneSchemas(db: string): Promise<string[]> {
  const schemas = (await olderSchemasOf(db)).map(schemaOf);
  const client = new Client(sessionConfig(db, "public"));
  client.on("error", () => {});
  try {
    await client.connect();
    for (const schema of schemas) {
      if (await takeLock(client, schema)) continue;
      throw new DatabaseAwayError(`An indexer is writing ${schema}.`, {
        metaMessages: ["Stop the one of the older version first."],
      });
    }
    for (const schema of schemas) await client.query(`DROP SCHEMA "${schema}" CASCADE`);
    return schemas;
  } catch (error) {
    throw explained(error);
  } finally {
    await client.end().catch(() => {});
  }
}
