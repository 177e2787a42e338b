import { DatabaseAwayError } from "./DatabaseAwayError.ts";

/** The database lacks a table or a column that this program reads. A process that writes may be about to make it. */
export class OtherTablesError extends DatabaseAwayError {}
