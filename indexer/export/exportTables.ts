import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { access, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pipeline } from "node:stream/promises";
import { stringify } from "csv-stringify";
import { InvalidInputError, shortMessageOf } from "#protocol/errors.ts";
import type { Backend } from "../store/backend.ts";
import type { Cell } from "../store/column.ts";
import { amount } from "../store/column.ts";
import { databaseName, openBackend } from "../store/openBackend.ts";
import type { Rows } from "../store/rows.ts";
import { listed } from "../store/rows.ts";
import type { Table } from "../store/table.ts";
import type { ExportFacts } from "./describeExport.ts";
import { describeExport } from "./describeExport.ts";
import { publicTables } from "./publicTables.ts";

export const EXPORT_FORMATS = ["sqlite", "csv", "jsonl"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

type Value = string | number | null;
type Lines = AsyncIterable<readonly Value[]>;
type Written = { readonly files: readonly string[]; readonly rows: number; readonly block: number };

const NAME = "coindrop";
/** Rows in memory at a time. */
const PAGE_ROWS = 5_000;

/**
 * Writes the public tables of an indexer's database, a file or the address of a Postgres, into a folder that is made for
 * it, with a description of every column. Reads one consistent state, also while the indexer runs. Throws
 * `InvalidInputError` when there is nothing to read or the folder exists.
 */
export async function exportTables(
  db: string,
  folder: string,
  format: ExportFormat,
  pageRows = PAGE_ROWS,
): Promise<Written> {
  const database = openBackend(db, { readOnly: true });
  // Under its final name only once it is whole.
  const partial = `${folder}.part`;
  try {
    await mustBeRead(database, db);
    return await database.read(async (rows) => {
      const facts = await standingOf(rows);
      if (facts === undefined) throw new InvalidInputError(`Nothing is indexed in ${databaseName(db)} yet.`);
      await mustBeNew(folder);
      await rm(partial, { recursive: true, force: true });
      await mkdir(partial, { recursive: true });
      await writeFile(
        join(partial, "metadata.json"),
        `${JSON.stringify(describeExport(NAME, publicTables, facts), null, 2)}\n`,
      );
      const write = format === "sqlite" ? toSqlite(join(partial, `${NAME}.sqlite`)) : toFiles(partial, format);
      let count = 0;
      for (const { table } of publicTables) count += await write.table(table, linesOf(rows, table, pageRows));
      await write.close();
      await rename(partial, folder);
      return { files: [...write.files, "metadata.json"], rows: count, block: facts.block };
    });
  } finally {
    await database.close();
    await rm(partial, { recursive: true, force: true });
  }
}

async function mustBeRead(database: Backend, db: string): Promise<void> {
  try {
    await database.check();
    await database.read(standingOf);
  } catch (cause) {
    throw new InvalidInputError(`${databaseName(db)} is no database of the indexer, or cannot be read now.`, {
      metaMessages: [
        shortMessageOf(cause),
        "Name what `indexer serve --db` writes, with a program of the same version.",
      ],
      cause,
    });
  }
}

async function standingOf(rows: Rows): Promise<ExportFacts | undefined> {
  const [found] = await rows.list(
    `SELECT p."chainId", p."block", b."hash" FROM "position" p JOIN "blocks" b ON b."number" = p."block" WHERE p."id" = 1`,
  );
  if (found === undefined) return undefined;
  const [chainId, block, hash] = found;
  return { chainId: Number(chainId), block: Number(block), hash: String(hash) };
}

async function mustBeNew(folder: string): Promise<void> {
  const isThere = await access(folder).then(
    () => true,
    () => false,
  );
  if (isThere)
    throw new InvalidInputError(`${folder} exists already.`, { metaMessages: ["Name another folder with --out."] });
}

/** A table's rows as anybody can read them, page by page: amounts as decimal digits, the rest as it is. */
async function* linesOf(rows: Rows, { name, columns, keyLength }: Table<unknown>, pageRows: number): Lines {
  const key = listed(columns.slice(0, keyLength));
  const places = new Array(keyLength).fill("?").join(", ");
  const page = (where: string) => `SELECT ${listed(columns)} FROM "${name}" ${where} ORDER BY ${key} LIMIT ${pageRows}`;
  let found = await rows.list(page(""));
  for (;;) {
    for (const cells of found) yield cells.map(readable);
    const last = found.at(-1);
    if (last === undefined || found.length < pageRows) return;
    found = await rows.list(page(`WHERE (${key}) > (${places})`), ...last.slice(0, keyLength));
  }
}

function readable(cell: Cell): Value {
  return cell instanceof Uint8Array ? amount.decode(cell).toString() : cell;
}

function toSqlite(file: string) {
  const database = new DatabaseSync(file);
  return {
    files: [`${NAME}.sqlite`],
    async table({ name, columns, keyLength, types }: Table<unknown>, lines: Lines): Promise<number> {
      const cells = columns.map((column, index) => `"${column}" ${types[index] === "INTEGER" ? "INTEGER" : "TEXT"}`);
      const key = listed(columns.slice(0, keyLength));
      database.exec(`BEGIN; CREATE TABLE "${name}" (${cells.join(", ")}, PRIMARY KEY (${key}))`);
      const insert = database.prepare(`INSERT INTO "${name}" VALUES (${columns.map(() => "?").join(", ")})`);
      let rows = 0;
      for await (const line of lines) {
        insert.run(...line);
        rows += 1;
      }
      database.exec("COMMIT");
      return rows;
    },
    async close() {
      database.close();
    },
  };
}

function toFiles(folder: string, format: "csv" | "jsonl") {
  const files: string[] = [];
  return {
    files,
    async table({ name, columns }: Table<unknown>, lines: Lines): Promise<number> {
      files.push(`${name}.${format}`);
      const file = createWriteStream(join(folder, `${name}.${format}`));
      let rows = 0;
      async function* counted(): Lines {
        for await (const line of lines) {
          rows += 1;
          yield line;
        }
      }
      if (format === "csv") {
        // Spreadsheets run what looks like a formula; names and addresses are strangers' words.
        await pipeline(counted, stringify({ header: true, columns: [...columns], escape_formulas: true }), file);
        return rows;
      }
      for await (const line of counted()) {
        const row = Object.fromEntries(columns.map((column, index) => [column, line[index] ?? null]));
        if (!file.write(`${JSON.stringify(row)}\n`)) await once(file, "drain");
      }
      file.end();
      await once(file, "finish");
      return rows;
    },
    async close() {},
  };
}
