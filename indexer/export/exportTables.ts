import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { access, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pipeline } from "node:stream/promises";
import { stringify } from "csv-stringify";
import { InvalidInputError, shortMessageOf } from "#protocol/errors.ts";
import type { Cell } from "../store/column.ts";
import { amount } from "../store/column.ts";
import type { Table } from "../store/table.ts";
import type { ExportFacts } from "./describeExport.ts";
import { describeExport } from "./describeExport.ts";
import { publicTables } from "./publicTables.ts";

export const EXPORT_FORMATS = ["sqlite", "csv", "jsonl"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

type Value = string | number | null;
type Lines = Iterable<readonly Value[]>;
type Written = { readonly files: readonly string[]; readonly rows: number; readonly block: number };

const NAME = "coindrop";

/**
 * Writes the public tables of an indexer's database into a folder that is made for it, with a description of every
 * column. Reads one consistent state, also while the indexer runs. Throws `InvalidInputError` when there is nothing to
 * read or the folder exists.
 */
export async function exportTables(file: string, folder: string, format: ExportFormat): Promise<Written> {
  const database = openToRead(file);
  // Under its final name only once it is whole.
  const partial = `${folder}.part`;
  try {
    database.exec("BEGIN");
    const facts = standingOf(database);
    if (facts === undefined) throw new InvalidInputError(`Nothing is indexed in ${file} yet.`);
    await mustBeNew(folder);
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { recursive: true });
    await writeFile(
      join(partial, "metadata.json"),
      `${JSON.stringify(describeExport(NAME, publicTables, facts), null, 2)}\n`,
    );
    const write = format === "sqlite" ? toSqlite(join(partial, `${NAME}.sqlite`)) : toFiles(partial, format);
    let rows = 0;
    for (const { table } of publicTables) rows += await write.table(table, linesOf(database, table));
    await write.close();
    await rename(partial, folder);
    return { files: [...write.files, "metadata.json"], rows, block: facts.block };
  } finally {
    database.close();
    await rm(partial, { recursive: true, force: true });
  }
}

function openToRead(file: string): DatabaseSync {
  try {
    const database = new DatabaseSync(file, { readOnly: true });
    database.prepare(`SELECT count(*) FROM "position"`).get();
    return database;
  } catch (cause) {
    throw new InvalidInputError(`${file} is no database of the indexer.`, {
      metaMessages: [`SQLite says: ${shortMessageOf(cause)}`, "name the file that `indexer serve --db` writes"],
      cause,
    });
  }
}

function standingOf(database: DatabaseSync): ExportFacts | undefined {
  const found = database
    .prepare(
      `SELECT p."chainId", p."block", b."hash" FROM "position" p JOIN "blocks" b ON b."number" = p."block" WHERE p."id" = 1`,
    )
    .get();
  return found === undefined
    ? undefined
    : { chainId: Number(found["chainId"]), block: Number(found["block"]), hash: String(found["hash"]) };
}

async function mustBeNew(folder: string): Promise<void> {
  const isThere = await access(folder).then(
    () => true,
    () => false,
  );
  if (isThere)
    throw new InvalidInputError(`${folder} exists already.`, { metaMessages: ["Name another folder with --out."] });
}

/** A table's rows as anybody can read them: amounts as decimal digits, the rest as it is. */
function* linesOf(database: DatabaseSync, table: Table<unknown>): Lines {
  const listed = table.columns.map((column) => `"${column}"`).join(", ");
  const statement = database.prepare(`SELECT ${listed} FROM "${table.name}"`);
  statement.setReturnArrays(true);
  for (const cells of statement.iterate() as unknown as Iterable<readonly Cell[]>) yield cells.map(readable);
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
      const key = columns
        .slice(0, keyLength)
        .map((column) => `"${column}"`)
        .join(", ");
      database.exec(`BEGIN; CREATE TABLE "${name}" (${cells.join(", ")}, PRIMARY KEY (${key}))`);
      const insert = database.prepare(`INSERT INTO "${name}" VALUES (${columns.map(() => "?").join(", ")})`);
      let rows = 0;
      for (const line of lines) {
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
      function* counted(): Lines {
        for (const line of lines) {
          rows += 1;
          yield line;
        }
      }
      if (format === "csv") {
        // Spreadsheets run what looks like a formula; names and addresses are strangers' words.
        await pipeline(counted, stringify({ header: true, columns: [...columns], escape_formulas: true }), file);
        return rows;
      }
      for (const line of counted()) {
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
