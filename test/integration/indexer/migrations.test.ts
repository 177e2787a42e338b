import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Migration } from "../../../indexer/store/migrations.ts";
import { inPostgres, MIGRATIONS } from "../../../indexer/store/migrations.ts";
import { openDatabase } from "../../../indexer/store/openDatabase.ts";
import { createPostgresBackend } from "../../../indexer/store/postgresBackend.ts";
import { PROJECTION_VERSION } from "../../../indexer/store/projectionVersion.ts";
import { startPostgres } from "../../support/postgres.ts";
import { until } from "../../support/until.ts";

/** The tables as the first release of this projection version made them. */
const FIRST = readFileSync(new URL(`../../support/indexerTables.v${PROJECTION_VERSION}.sql`, import.meta.url), "utf8");
const TOKEN = `INSERT INTO "tokens" ("address", "symbol", "name", "decimals") VALUES ('0xab', 'DROP', 'Drop', 18);`;

/** What a later release might want. */
const COLUMN = { name: "900 size of a manifest", sql: `ALTER TABLE "manifests" ADD COLUMN "size" INTEGER;` };
const INDEX = { name: "901 tokens by symbol", sql: `CREATE INDEX "tokens_symbol" ON "tokens" ("symbol");` };
/** Long enough to be killed in. */
const LONG = {
  name: "902 many tokens",
  sql: `INSERT INTO "tokens" SELECT 'x' || n, 'x', 'x', 0 FROM
    (WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 20000000) SELECT n FROM c) AS numbers;`,
};

/** A database of one kind that the first release made, and one that this release makes. */
type Place = {
  readonly db: string;
  readonly schema: string;
  /** Opens it as the program does. */
  readonly open: (migrations: readonly Migration[]) => Promise<void>;
  /** Its tables, columns and indexes. */
  readonly shape: () => Promise<unknown>;
  readonly ask: (sql: string) => Promise<Record<string, unknown>[]>;
  /** Whether a process writes in it just now, inside the long migration. */
  readonly isBusy: () => Promise<boolean>;
  /** Whether nobody holds it any more. */
  readonly isFree: () => Promise<boolean>;
};

let folder: string;
let postgres: Awaited<ReturnType<typeof startPostgres>>;
let client: Client;
let made = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "coindrop-migrations-"));
  postgres = await startPostgres();
  client = new Client({ connectionString: postgres.url });
  client.on("error", () => {});
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await postgres.close();
  rmSync(folder, { recursive: true, force: true });
});

function inSqlite(first: boolean): Place {
  made += 1;
  const file = join(folder, `${made}.sqlite`);
  if (first) {
    const database = new DatabaseSync(file);
    database.exec(`PRAGMA journal_mode = WAL; ${FIRST} ${TOKEN} PRAGMA user_version = ${PROJECTION_VERSION};`);
    database.close();
  }
  const ask = async (sql: string) => {
    const database = new DatabaseSync(file, { readOnly: true });
    const rows = database.prepare(sql).all();
    database.close();
    return rows.map((row) => ({ ...row }));
  };
  return {
    db: file,
    schema: "",
    ask,
    open: async (migrations) => openDatabase(file, { migrations }).close(),
    async shape() {
      const columns = await ask(
        `SELECT t."name" AS "table", c.* FROM "sqlite_schema" t, pragma_table_info(t."name") c WHERE t."type" = 'table' ORDER BY 1, 2`,
      );
      const indexes = await ask(
        `SELECT i."name", c.* FROM "sqlite_schema" i, pragma_index_info(i."name") c WHERE i."type" = 'index' ORDER BY 1, 2`,
      );
      return { columns, indexes };
    },
    isBusy: async () => existsSync(`${file}-wal`) && statSync(`${file}-wal`).size > 4_000_000,
    isFree: async () => true,
  };
}

async function inPg(first: boolean): Promise<Place> {
  made += 1;
  const schema = `place_${made}`;
  if (first) {
    const tables = `CREATE SCHEMA ${schema}; SET LOCAL search_path = ${schema};`;
    await client.query(`BEGIN; ${tables} ${inPostgres(FIRST)} ${TOKEN} COMMIT;`);
  }
  const ask = async (sql: string) => {
    await client.query(`SET search_path = ${schema}`);
    return (await client.query<Record<string, unknown>>(sql)).rows;
  };
  return {
    db: postgres.url,
    schema,
    ask,
    async open(migrations) {
      const backend = createPostgresBackend(postgres.url, schema, migrations);
      await backend
        .check()
        .then(() => backend.claim())
        .finally(() => backend.close());
    },
    async shape() {
      const columns = await ask(
        `SELECT table_name, column_name, data_type, collation_name, is_nullable FROM information_schema.columns WHERE table_schema = '${schema}' ORDER BY 1, ordinal_position`,
      );
      const indexes = await ask(
        `SELECT indexname, replace(indexdef, '${schema}.', '') AS indexdef FROM pg_indexes WHERE schemaname = '${schema}' ORDER BY 1`,
      );
      return { columns, indexes };
    },
    isBusy: async () =>
      (
        await ask(
          `SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%c WHERE n <%' AND pid <> pg_backend_pid()`,
        )
      ).length > 0,
    isFree: async () => (await ask(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory'`)).length === 0,
  };
}

describe.each([
  ["SQLite", async (first: boolean) => inSqlite(first)],
  ["Postgres", inPg],
])("tables in %s", (_, place) => {
  test("of the first release become what a new database has, rows stay, and what was applied is written down", async () => {
    const [old, fresh] = [await place(true), await place(false)];
    await fresh.open(MIGRATIONS);
    const before = Date.now();
    await old.open(MIGRATIONS);
    expect(await old.shape()).toEqual(await fresh.shape());
    expect(await old.ask(`SELECT "symbol" FROM "tokens"`)).toEqual([{ symbol: "DROP" }]);
    const applied = await old.ask(`SELECT * FROM "migrations" ORDER BY "name"`);
    expect(applied.map(({ name }) => name)).toEqual(MIGRATIONS.map(({ name }) => name));
    for (const { appliedAt } of applied) expect(Number(appliedAt)).toBeGreaterThanOrEqual(before);
    expect((await fresh.ask(`SELECT "name" FROM "migrations" ORDER BY 1`)).map(({ name }) => name)).toEqual(
      MIGRATIONS.map(({ name }) => name),
    );
  });

  test("take a later release's column and index, and nothing happens the second time", async () => {
    const old = await place(true);
    const later = [...MIGRATIONS, COLUMN, INDEX];
    await old.open(MIGRATIONS);
    await old.open(later);
    expect(await old.ask(`SELECT "size" FROM "manifests"`)).toEqual([]);
    const applied = await old.ask(`SELECT * FROM "migrations"`);
    const shape = await old.shape();
    await old.open(later);
    expect([await old.ask(`SELECT * FROM "migrations"`), await old.shape()]).toEqual([applied, shape]);
    expect(applied).toHaveLength(later.length);
  });

  test("changed by a newer program are refused, and nothing is touched", async () => {
    const newer = await place(true);
    await newer.open([...MIGRATIONS, COLUMN]);
    const before = [await newer.shape(), await newer.ask(`SELECT * FROM "migrations"`)];
    const refused = newer.open([...MIGRATIONS, INDEX]);
    await expect(refused).rejects.toThrow(
      /made by a newer version of the indexer[\s\S]*Not known here: 900 size[\s\S]*Nothing in it was touched/,
    );
    expect([await newer.shape(), await newer.ask(`SELECT * FROM "migrations"`)]).toEqual(before);
  });

  test("stay as they were when one of several changes fails", async () => {
    const old = await place(true);
    const before = await old.shape();
    const broken = { name: "903", sql: "CREATE INDEX nonsense ON nowhere (nothing);" };
    await expect(old.open([...MIGRATIONS, COLUMN, broken])).rejects.toThrow();
    expect(await old.shape()).toEqual(before);
    await old.open(MIGRATIONS);
  });

  test("stay as they were when the process is killed in the middle, and the next one does it all", async () => {
    const old = await place(true);
    const before = await old.shape();
    const child = spawn(
      process.execPath,
      [
        fileURLToPath(new URL("../../support/migrateChild.ts", import.meta.url)),
        old.db,
        old.schema,
        JSON.stringify([...MIGRATIONS, COLUMN, LONG]),
      ],
      { stdio: "ignore" },
    );
    const ended = once(child, "exit");
    await until("the long change to be under way", old.isBusy);
    child.kill("SIGKILL");
    expect(await ended).toEqual([null, "SIGKILL"]);
    await until("the database to let go of it", old.isFree);
    expect(await old.shape()).toEqual(before);
    expect(await old.ask(`SELECT "address" FROM "tokens"`)).toEqual([{ address: "0xab" }]);
    await old.open([...MIGRATIONS, COLUMN]);
    expect(await old.ask(`SELECT "name" FROM "migrations"`)).toHaveLength(MIGRATIONS.length + 1);
  });
});
