import { BaseError, RetryableError } from "./errors.ts";

/** What an indexer said instead of an answer. */
export type Refusal = {
  readonly url: string;
  readonly status: number;
  /** In the indexer's own words, where it had any. */
  readonly message: string | undefined;
  /** Which parameter it does not like. */
  readonly parameter: string | undefined;
};

/** The indexer will not answer this, however often it is asked. */
export class IndexerRefusedError extends BaseError {
  override readonly name: string = "IndexerRefusedError";
  readonly status: number;
  /** The parameter to put right; undefined where it is not about one. */
  readonly parameter: string | undefined;

  constructor(refusal: Refusal) {
    super(refusal.message ?? `The indexer answered ${refusal.status}.`, { metaMessages: factsOf(refusal) });
    this.status = refusal.status;
    this.parameter = refusal.parameter;
  }
}

/** The indexer knows of no such thing, or not yet. */
export class NotFoundError extends IndexerRefusedError {
  override readonly name = "NotFoundError";
}

/** The indexer is silent, overloaded or not ready: the same question may be answered later. */
export class IndexerAwayError extends RetryableError {
  /** Null where it did not answer at all. */
  readonly status: number | null;
  /** How long it asks to be left alone; undefined where it does not say. */
  readonly retryAfterMs: number | undefined;

  constructor(shortMessage: string, facts: AwayFacts) {
    super(shortMessage, {
      metaMessages: [`URL: ${facts.url}`, `To do: ${whenAway(facts)}`],
      cause: facts.cause,
    });
    this.status = facts.status;
    this.retryAfterMs = facts.retryAfterMs;
  }
}

type AwayFacts = {
  readonly url: string;
  readonly status: number | null;
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
};

function factsOf({ url, status, parameter }: Refusal): string[] {
  const subject = parameter === undefined ? [] : [`Parameter: ${parameter}`];
  return [`URL: ${url}`, `Status: ${status}`, ...subject, `To do: ${whatToDo(status, parameter)}`];
}

function whatToDo(status: number, parameter: string | undefined): string {
  if (parameter !== undefined) return `put the parameter "${parameter}" right; /openapi.json says what it may be.`;
  if (status === 404) return "check address and id, and whether /ready says that this block is indexed.";
  return "compare the request with /openapi.json.";
}

function whenAway({ status, retryAfterMs }: AwayFacts): string {
  if (retryAfterMs !== undefined) return `ask again in ${Math.ceil(retryAfterMs / 1_000)} s.`;
  if (status === null) return "check that an indexer listens there, then ask again.";
  return "ask again later; /ready says how far it is.";
}
