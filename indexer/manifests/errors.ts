import { BaseError, RetryableError } from "#protocol/errors.ts";

/** This source does not have the manifest now, and may have it later. */
export class SourceError extends RetryableError {
  override readonly name = "RetryableError";
}

/** The manifest itself breaks its rules: no source can mend it. */
export class BadManifestError extends BaseError {
  override readonly name = "BadManifestError";
}
