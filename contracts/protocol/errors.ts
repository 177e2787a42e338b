export type ErrorDetails = {
  /** Labelled facts: what failed, with which values, what to do. */
  readonly metaMessages?: readonly string[];
  readonly cause?: unknown;
};

/**
 * Root of every error that this project throws on purpose. `shortMessage` is one sentence for a person; the message
 * adds the labelled facts below it.
 */
export class BaseError extends Error {
  override readonly name: string = "BaseError";
  readonly shortMessage: string;
  readonly metaMessages: readonly string[];

  constructor(shortMessage: string, details: ErrorDetails = {}) {
    const metaMessages = details.metaMessages ?? [];
    super([shortMessage, ...metaMessages.map((line) => `  ${line}`)].join("\n"), { cause: details.cause });
    this.shortMessage = shortMessage;
    this.metaMessages = metaMessages;
  }
}

/** The same call may succeed later: a connection refused, a time-out, a 503. Everything else stops loudly. */
export class RetryableError extends BaseError {
  override readonly name = "RetryableError";
}

/** Something from outside does not have the shape it must have. */
export class InvalidInputError extends BaseError {
  override readonly name = "InvalidInputError";
}

/** One sentence about any thrown value. */
export function shortMessageOf(error: unknown): string {
  if (error instanceof BaseError) return error.shortMessage;
  if (error instanceof Error) {
    const short: unknown = (error as { shortMessage?: unknown }).shortMessage;
    return typeof short === "string" ? short : error.message;
  }
  return String(error);
}
