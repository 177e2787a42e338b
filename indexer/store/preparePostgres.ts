import type { ClientBase } from "pg";
import { escapeLiteral } from "pg";
import { foldTables } from "../project/tables.ts";
import type { Migration } from "./migrations.ts";
import { inPostgres, MIGRATIONS_TABLE, pendingOf } from "./migrations.ts";
import { ask } from "./postgresSession.ts";
import { keepTables } from "./tables.ts";

/**
 * Makes the schema and its tables where there are none, and brings older ones up to date, all of it or nothing. The
 * caller holds the database's lock. Throws `NewerDatabaseError` before it touches anything when a newer program was there.
 */
export async function preparePostgres(
  client: ClientBase,
  schema: string,
  migrations: readonly Migration[],
): Promise<void> {
  const isThere = await hasTable(client, schema, "position");
  const pending = isThere ? await pendingPostgres(client, schema, migrations) : migrations;
  if (isThere && pending.length === 0) return;
  const made = isThere
    ? [MIGRATIONS_TABLE, ...pending.map(({ sql }) => sql)].map(inPostgres)
    : [`CREATE SCHEMA IF NOT EXISTS "${schema}";`, ...[...foldTables, ...keepTables].map(({ ddl }) => inPostgres(ddl))];
  const names = pending.map(({ name }) => `(${escapeLiteral(name)}, ${Date.now()})`);
  const mark = names.length === 0 ? "" : `INSERT INTO "migrations" ("name", "appliedAt") VALUES ${names.join(", ")};`;
  await client.query(`BEGIN; ${made.join("\n")} ${mark} COMMIT;`);
}

/** What is still to be applied. Throws `NewerDatabaseError`. */
export async function pendingPostgres(
  client: ClientBase,
  schema: string,
  migrations: readonly Migration[],
): Promise<Migration[]> {
  const isMarked = await hasTable(client, schema, "migrations");
  const applied = isMarked ? await ask(client, `SELECT "name" FROM "migrations"`, []) : [];
  return pendingOf(
    migrations,
    applied.map(([name]) => String(name)),
    `schema ${schema}`,
  );
}

async function hasTable(client: ClientBase, schema: string, table: string): Promise<boolean> {
  const [found] = await ask(client, "SELECT (to_regclass(?) IS NOT NULL)::int", [`"${schema}"."${table}"`]);
  return found?.[0] === 1;
}
