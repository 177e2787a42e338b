import { DatabaseError } from "./DatabaseError.ts";

/** A newer program changed the database's tables: this one must not write there. */
export class NewerDatabaseError extends DatabaseError {
  constructor(where: string, unknown: readonly string[]) {
    super("The database was made by a newer version of the indexer.", {
      metaMessages: [
        `Database: ${where}`,
        `Not known here: ${unknown.join("; ")}`,
        "Nothing in it was touched. Start the newer program, or name another database with --db.",
      ],
    });
  }
}
