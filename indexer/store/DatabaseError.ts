import type { ErrorDetails } from "#protocol/errors.ts";
import { BaseError } from "#protocol/errors.ts";

/** The database file cannot be used. Stops the indexer: what to do is in the message. */
export class DatabaseError extends BaseError {
  override readonly name = "DatabaseError";

  constructor(shortMessage: string, details: ErrorDetails = {}) {
    super(shortMessage, details);
  }
}

/** The file is not what it should be. */
export class DamagedDatabaseError extends DatabaseError {}
