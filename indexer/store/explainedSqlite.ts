import { shortMessageOf } from "#protocol/errors.ts";
import { DatabaseAwayError } from "./DatabaseAwayError.ts";
import { DatabaseError } from "./DatabaseError.ts";
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

/**
 * An error of SQLite as one of ours: a full or busy disk is waited out, a damaged or unwritable file is named. Anything else is
 * given back as it is.
 */
export function explainedSqlite(error: unknown, path: string): unknown {
  const { errcode } = error as { readonly errcode?: unknown };
  if (typeof errcode !== "number") return error;
  const facts = { metaMessages: [`File: ${path}`, `SQLite says: ${shortMessageOf(error)}`], cause: error };
  // Extended codes carry the plain one in their lowest byte.
  switch (errcode & 0xff) {
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
