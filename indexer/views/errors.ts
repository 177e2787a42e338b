import { BaseError } from "#protocol/errors.ts";

/** Nothing is indexed yet. */
export class NotYetError extends BaseError {
  override readonly name = "NotYetError";
}

/** What was asked for does not exist at the block indexed. */
export class NotFoundError extends BaseError {
  override readonly name = "NotFoundError";
}

/** A parameter of a request is not what it must be. */
export class BadParameterError extends BaseError {
  override readonly name = "BadParameterError";
  readonly parameter: string;

  constructor(parameter: string, problem: string) {
    super(`The parameter "${parameter}" is not valid: ${problem}.`);
    this.parameter = parameter;
  }
}

/** Somebody asks more often than they may. */
export class TooManyError extends BaseError {
  override readonly name = "TooManyError";
}
