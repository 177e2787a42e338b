import type { At, Block } from "#protocol/http.ts";
import type { Rows } from "../store/rows.ts";
import type { PositionRow } from "../store/tables.ts";
import { blocks, position } from "../store/tables.ts";
import { NotFoundError, NotYetError } from "./errors.ts";

/** Where the database stands. Throws `NotYetError` before the first block, and until the past is read. */
export async function standingOf(rows: Rows): Promise<PositionRow> {
  const standing = await rows.get(position, [1]);
  if (standing === undefined)
    throw new NotYetError("Nothing is indexed yet: the chain was not reached since the start.");
  if (standing.complete === 0)
    throw new NotYetError(`The past is read for the first time; block ${standing.block} is reached.`);
  return standing;
}

/** The block that every answer made now is true at. */
export async function atOf(rows: Rows): Promise<At> {
  const { chainId, block, finalized } = await standingOf(rows);
  return { chainId, block: await blockOf(rows, block), finalized };
}

/** A block that is kept: the newest, one with an event, or one that can be rolled back. */
export async function blockOf(rows: Rows, number: number): Promise<Block> {
  const header = await rows.get(blocks, [number]);
  if (header === undefined) throw new Error(`block ${number} is missing in the database`);
  return { number, hash: header.hash, timestamp: header.timestamp };
}

/**
 * The block that an answer about the past is true at: `number`, or where nothing happened in it, the last kept one before,
 * since nothing changed in between. Throws `NotFoundError` for a block that is not indexed yet or lies before the first.
 */
export async function pastOf(rows: Rows, number: number): Promise<At> {
  const { chainId, block: newest, finalized } = await standingOf(rows);
  if (number > newest) throw new NotFoundError(`Block ${number} is not indexed; the newest one is ${newest}.`);
  const kept = await rows.cell(`SELECT max("number") FROM "blocks" WHERE "number" <= ?`, number);
  if (typeof kept !== "number") throw new NotFoundError(`Block ${number} lies before the first one that is indexed.`);
  return { chainId, block: await blockOf(rows, kept), finalized };
}

/** Number of the last block that is kept at or before a time in seconds since 1970; null where there is none. */
export async function blockNumberAt(rows: Rows, timestamp: number): Promise<number | null> {
  // Time goes with the number. Asked for by the highest number, every younger block would be looked at.
  const last = `SELECT "number" FROM "blocks" WHERE "timestamp" <= ? ORDER BY "timestamp" DESC, "number" DESC LIMIT 1`;
  const number = await rows.cell(last, timestamp);
  return typeof number === "number" ? number : null;
}
