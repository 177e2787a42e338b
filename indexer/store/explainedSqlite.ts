import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { shortMessageOf } from "#protocol/errors.ts";
import { DatabaseAwayError } from "./DatabaseAwayError.ts";
import { DamagedDatabaseError, DatabaseError } from "./DatabaseError.ts";
import { OtherTablesError } from "./OtherTablesError.ts";

/** SQLite's result codes. */
const CODES = {
  error: 1,
  busy: 5,
  readOnly: 8,
  inputOutput: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const;
/** Bytes without which SQLite cannot work: what it reports as a failed write may be a full disk. */
const LEAST_ROOM = 65_536;

/** Whether a file is not what it should be, rather than out of reach. */
export function isDamage(error: unknown): boolean {
  const code = codeOf(error);
  return error instanceof DamagedDatabaseError || code === CODES.corrupt || code === CODES.notADatabase;
}

/**
 * An error of SQLite as one of ours: a full or busy disk is waited out, a damaged or unwritable file is named. Anything else is
 * given back as it is.
 */
export function explainedSqlite(error: unknown, path: string): unknown {
  const code = codeOf(error);
  if (code === undefined) return error;
  const facts = { metaMessages: [`File: ${path}`, `SQLite says: ${shortMessageOf(error)}`], cause: error };
  switch (code) {
    case CODES.error:
      if (!/no such (table|column)/.test(shortMessageOf(error))) return error;
      return new OtherTablesError("No indexer of this version has written this database yet.", facts);
    case CODES.busy:
    case CODES.cannotOpen:
      return new DatabaseAwayError("The database file cannot be read at this moment.", facts);
    case CODES.full:
      return new DatabaseAwayError("There is no room left for the database.", facts);
    case CODES.readOnly:
    case CODES.inputOutput:
      if (isFull(path)) return new DatabaseAwayError("There is no room left for the database.", facts);
      return new DatabaseError("The database file cannot be written.", facts);
    case CODES.corrupt:
    case CODES.notADatabase:
      return new DatabaseError("The database file is damaged.", {
        ...facts,
        metaMessages: [
          ...facts.metaMessages,
          "Start again with --resync: the file is kept aside, and everything in it is read anew from the chain.",
        ],
      });
    default:
      return error;
  }
}

/** SQLite's plain result code: extended ones carry it in their lowest byte. */
function codeOf(error: unknown): number | undefined {
  const { errcode } = error as { readonly errcode?: unknown };
  return typeof errcode === "number" ? errcode & 0xff : undefined;
}

function isFull(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize < LEAST_ROOM;
  } catch {
    return false;
  }
}
