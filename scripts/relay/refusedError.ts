import type { ErrorDetails } from "#protocol/errors.ts";
import { BaseError } from "#protocol/errors.ts";
import type { RelayReason } from "#protocol/relay.ts";

/** HTTP status codes that the relay refuses with. */
export type RefusalStatus = 400 | 404 | 409 | 422 | 429 | 503;

/** The relay does not take this order, or does not know what it was asked for. */
export class RefusedError extends BaseError {
  override readonly name = "RefusedError";
  readonly status: RefusalStatus;
  readonly parameter: string | undefined;
  readonly reason: RelayReason | undefined;

  constructor(
    status: RefusalStatus,
    sentence: string,
    more: ErrorDetails & { readonly parameter?: string; readonly reason?: RelayReason } = {},
  ) {
    super(sentence, more);
    this.status = status;
    this.parameter = more.parameter;
    this.reason = more.reason;
  }
}
