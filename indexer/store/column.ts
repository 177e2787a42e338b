import type { Hex } from "viem";

/** What node:sqlite takes and gives for one cell. */
export type Cell = string | number | null | Uint8Array;

/** How one value is kept in a cell, there and back. */
export type Column<T> = {
  readonly sql: string;
  encode(value: T): Cell;
  decode(cell: Cell): T;
};

const AMOUNT_BYTES = 32;
const AMOUNT_LIMIT = 1n << 256n;

/** Unsigned integer below 2^256 as 32 big-endian bytes, so that SQLite compares and sorts it as a number. */
export const amount: Column<bigint> = {
  sql: "BLOB NOT NULL",
  encode(value) {
    if (value < 0n || value >= AMOUNT_LIMIT) throw new RangeError(`an amount must fit 256 bits without sign: ${value}`);
    return Buffer.from(value.toString(16).padStart(AMOUNT_BYTES * 2, "0"), "hex");
  },
  decode(cell) {
    if (!(cell instanceof Uint8Array)) throw new TypeError("an amount is kept as bytes");
    return BigInt(`0x${Buffer.from(cell.buffer, cell.byteOffset, cell.byteLength).toString("hex")}`);
  },
};

/** Lower-case hex with 0x: addresses and hashes. */
export const hex: Column<Hex> = {
  sql: "TEXT NOT NULL",
  encode: (value) => value,
  decode: (cell) => textOf(cell) as Hex,
};

export const text: Column<string> = {
  sql: "TEXT NOT NULL",
  encode: (value) => value,
  decode: textOf,
};

/** One of a few words. */
export function word<T extends string>(): Column<T> {
  return { sql: "TEXT NOT NULL", encode: (value) => value, decode: (cell) => textOf(cell) as T };
}

/** Whole number that JavaScript holds exactly: block numbers, seconds, ids, file sizes. */
export const integer: Column<number> = {
  sql: "INTEGER NOT NULL",
  encode(value) {
    if (!Number.isSafeInteger(value)) throw new RangeError(`not a safe integer: ${value}`);
    return value;
  },
  decode(cell) {
    if (typeof cell !== "number") throw new TypeError("a whole number was expected in the database");
    return cell;
  },
};

/** Plain data that the indexer itself wrote, as JSON. */
export function json<T>(): Column<T> {
  return {
    sql: "TEXT NOT NULL",
    encode: (value) => JSON.stringify(value),
    decode: (cell) => JSON.parse(textOf(cell)) as T,
  };
}

export function nullable<T>(column: Column<T>): Column<T | null> {
  return {
    sql: column.sql.replace(" NOT NULL", ""),
    encode: (value) => (value === null ? null : column.encode(value)),
    decode: (cell) => (cell === null ? null : column.decode(cell)),
  };
}

function textOf(cell: Cell): string {
  if (typeof cell !== "string") throw new TypeError("a text was expected in the database");
  return cell;
}
