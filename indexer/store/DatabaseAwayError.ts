import { RetryableError } from "#protocol/errors.ts";

/** The database does not answer now, or another process writes it. Waiting mends it. */
export class DatabaseAwayError extends RetryableError {
  override readonly name = "RetryableError";
}
