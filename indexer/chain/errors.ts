import type { ErrorDetails } from "#protocol/errors.ts";
import { BaseError, RetryableError } from "#protocol/errors.ts";

/** The endpoint did not answer, or not in time, or not with what it must. */
export class ChainUnreachableError extends RetryableError {}

/** The endpoint answered a request with an error of its own. `code` is that of JSON-RPC. */
export class RequestRefusedError extends RetryableError {
  readonly code: number;

  constructor(shortMessage: string, code: number, details: ErrorDetails = {}) {
    super(shortMessage, details);
    this.code = code;
  }
}

/** The endpoint asks to be left alone for `retryAfterMs`. */
export class RateLimitedError extends RetryableError {
  readonly retryAfterMs: number;

  constructor(shortMessage: string, retryAfterMs: number, details: ErrorDetails = {}) {
    super(shortMessage, details);
    this.retryAfterMs = retryAfterMs;
  }
}

/** Two endpoints contradict each other. */
export class EndpointsDisagreeError extends RetryableError {}

/** What was folded is not what the contract says; it is taken back and read again. */
export class TallyMismatchError extends RetryableError {}

/** The chain took another branch while it was read, or since the last look. */
export class BranchChangedError extends RetryableError {}

/** The endpoint speaks of another chain, or other contracts, than this indexer is for. Stops it. */
export class WrongChainError extends BaseError {
  override readonly name = "WrongChainError";
}

/** The chain took back blocks that were final. Stops the indexer. */
export class DeepReorgError extends BaseError {
  override readonly name = "DeepReorgError";
}
