import type { Client } from "pg";
import { foldTables } from "../project/tables.ts";
import { ask } from "./postgresSession.ts";
import { keepTables } from "./tables.ts";

/** Makes the schema and its tables where there are none. The caller holds the database's lock. */
export async function preparePostgres(client: Client, schema: string): Promise<void> {
  const [found] = await ask(client, "SELECT (to_regclass(?) IS NOT NULL)::int", [`"${schema}"."position"`]);
  if (found?.[0] === 1) return;
  const ddl = [...foldTables, ...keepTables].map((table) => table.postgresDdl);
  await client.query(`BEGIN; CREATE SCHEMA IF NOT EXISTS "${schema}"; ${ddl.join("\n")} COMMIT;`);
}
