import type { Hex } from "viem";

/** What node:sqlite takes and gives for one cell. */
export type Cell = string | number | null | Uint8Array;

/** How one value is kept in a cell, there and back. */
export type Column<T> = {
  readonly sql: string;
  encode(value: T): Cell;
  decode(cell: Cell): T;
};

const MOST_BYTES = 32;

/** The newest amounts and their cells: a stake stands in several columns of several rows. */
const encoded = new Map<bigint, Uint8Array>();
const MOST_ENCODED = 1_000;

/**
 * Unsigned integer below 2^256 as its length in bytes and then its bytes, the highest first, so that a database compares
 * and sorts it as a number and keeps small ones short.
 */
export const amount: Column<bigint> = {
  sql: "BLOB NOT NULL",
  encode(value) {
    const known = encoded.get(value);
    if (known !== undefined) return known;
    if (value < 0n) throw new RangeError(`an amount must fit 256 bits without sign: ${value}`);
    const digits = value.toString(16);
    const length = (digits.length + 1) >> 1;
    if (length > MOST_BYTES) throw new RangeError(`an amount must fit 256 bits without sign: ${value}`);
    const bytes = Buffer.allocUnsafe(length + 1);
    bytes[0] = length;
    bytes.write(digits.length % 2 === 0 ? digits : `0${digits}`, 1, "hex");
    if (encoded.size >= MOST_ENCODED) encoded.clear();
    encoded.set(value, bytes);
    return bytes;
  },
  decode(cell) {
    if (!(cell instanceof Uint8Array)) throw new TypeError("an amount is kept as bytes");
    return BigInt(`0x${Buffer.from(cell.buffer, cell.byteOffset + 1, cell.byteLength - 1).toString("hex")}`);
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
