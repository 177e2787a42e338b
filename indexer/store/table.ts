import type { Cell, Column } from "./column.ts";

/** Kinds of cells, by their names in SQLite. */
type CellType = "TEXT" | "INTEGER" | "BLOB";

type Columns = { readonly [name: string]: Column<unknown> };
type RowOf<C> = { readonly [K in keyof C]: C[K] extends Column<infer T> ? T : never };

/** A table whose rows are found by key. */
export type Table<Row> = {
  readonly name: string;
  readonly columns: readonly string[];
  /** The columns that identify a row: always the first ones. */
  readonly keyLength: number;
  /** Column that holds the block which wrote the row, for tables whose rows never change in a later block. */
  readonly blockColumn: string | null;
  /** Whether rows whose keys differ in the last column only are mostly touched together, and so are read together. */
  readonly together: boolean;
  /** How SQLite keeps each column. */
  readonly types: readonly CellType[];
  /** How SQLite makes it, without its further indexes. */
  readonly ddl: string;
  /** Makes the further indexes; they come once the past is read, since rows go in faster without them. */
  readonly indexDdl: readonly string[];
  encode(row: Row): Cell[];
  /** The cells that identify a row. */
  keyOf(row: Row): Cell[];
  decode(cells: readonly Cell[]): Row;
};

type TableOptions<C> = {
  readonly name: string;
  readonly columns: C;
  readonly keyLength: number;
  readonly blockColumn?: keyof C & string;
  readonly together?: boolean;
  /** Further indexes, each a list of columns. */
  readonly indexes?: readonly (readonly (keyof C & string)[])[];
};

/** Describes a table. The first `keyLength` columns are its primary key. */
export function defineTable<C extends Columns>(options: TableOptions<C>): Table<RowOf<C>> {
  const { name, columns, keyLength, blockColumn, together = false, indexes = [] } = options;
  const entries = Object.entries(columns) as [string, Column<unknown>][];
  const names = entries.map(([column]) => column);
  const listed = (list: readonly string[]) => list.map((column) => `"${column}"`).join(", ");
  const cells = entries.map(([column, { sql }]) => `"${column}" ${sql}`);
  const primary = `PRIMARY KEY (${listed(names.slice(0, keyLength))})`;
  const codecs = entries.map(([, codec]) => codec);
  return {
    name,
    columns: names,
    keyLength,
    blockColumn: blockColumn ?? null,
    together,
    types: entries.map(([, { sql }]) => sql.split(" ")[0] as CellType),
    ddl: `CREATE TABLE "${name}" (${cells.join(", ")}, ${primary}) WITHOUT ROWID, STRICT;`,
    indexDdl: indexes.map(
      (index) => `CREATE INDEX IF NOT EXISTS "${name}_${index.join("_")}" ON "${name}" (${listed(index)})`,
    ),
    // Plain loops: these run several times for each event.
    encode(row) {
      const values = row as Record<string, unknown>;
      const encoded = new Array<Cell>(names.length);
      for (let i = 0; i < names.length; i++) encoded[i] = codecs[i]?.encode(values[names[i] ?? ""]) ?? null;
      return encoded;
    },
    keyOf(row) {
      const values = row as Record<string, unknown>;
      const key = new Array<Cell>(keyLength);
      for (let i = 0; i < keyLength; i++) key[i] = codecs[i]?.encode(values[names[i] ?? ""]) ?? null;
      return key;
    },
    decode(row) {
      const values: Record<string, unknown> = {};
      for (let i = 0; i < names.length; i++) values[names[i] ?? ""] = codecs[i]?.decode(row[i] ?? null);
      return values as RowOf<C>;
    },
  };
}

/** Row shape of a table. */
export type Row<T> = T extends Table<infer R> ? R : never;
