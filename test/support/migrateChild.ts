/** Brings a database up to date as a process of its own: `migrateChild.ts <file or postgres://…> <schema> <migrations as JSON>`. */
import type { Migration } from "../../indexer/store/migrations.ts";
import { openDatabase } from "../../indexer/store/openDatabase.ts";
import { createPostgresBackend } from "../../indexer/store/postgresBackend.ts";

const [db = "", schema = "", given = "[]"] = process.argv.slice(2);
const migrations = JSON.parse(given) as Migration[];
if (db.startsWith("postgres://")) {
  const backend = createPostgresBackend(db, schema, migrations);
  await backend.claim();
  await backend.close();
} else {
  openDatabase(db, { migrations }).close();
}
