import { addressOf } from "./addressOf.ts";
import { askIndexer, type KeptAnswers, type Shapes } from "./askIndexer.ts";
import type { Answer, Asked, EndpointName } from "./endpoints.ts";
import { RetryableError } from "./errors.ts";
import { IndexerAwayError } from "./indexerErrors.ts";
import type { Heard, Listening } from "./listenToIndexer.ts";
import { pause } from "./pause.ts";

export type ClientOptions = {
  /** Where the indexer is, without a slash at the end. */
  readonly url: string;
  /** How often a question is asked again while the indexer is silent or overloaded; 3 where it is not given. */
  readonly retries?: number;
  /** How long one answer may take, in milliseconds; 8 s where it is not given. */
  readonly patienceMs?: number;
  /**
   * How many answers are kept and used again when the indexer says that they still hold; 0 where it is not given. Not for
   * pages: browsers do it by themselves.
   */
  readonly keep?: number;
  readonly loadShapes?: () => Promise<Shapes>;
  readonly fetch?: typeof fetch;
};

/** How something is asked, beside what. */
export type Asking = { readonly signal?: AbortSignal; readonly patienceMs?: number };

/** One argument, which may be left out where nothing in it has to be said. */
type Given<T> = Partial<T> extends T ? [asked?: T & Asking] : [asked: T & Asking];
type Ask<N extends EndpointName> = (...given: Given<Asked<N>>) => Promise<Answer<N>>;

/** One function for each of the indexer's routes. What they throw: askIndexer.ts, listenToIndexer.ts. */
export type IndexerClient = { readonly [N in Exclude<EndpointName, "events">]: Ask<N> } & {
  readonly events: (asked?: Asked<"events"> & Listening) => AsyncGenerator<Heard, void>;
};

/** Longest time that an indexer may ask to be left alone, in milliseconds, and still be asked again. */
const longestWait = 60_000;

/** The indexer's HTTP API, for pages, scripts and tests. */
export function createIndexerClient(options: ClientOptions): IndexerClient {
  const { retries = 3, patienceMs = 8_000, keep = 0, fetch: fetchNow = fetch } = options;
  const loadShapes = options.loadShapes ?? (() => import("./endpoints.ts"));
  const kept: KeptAnswers = new Map();
  const reach = { patienceMs, keep, kept, fetch: fetchNow, loadShapes };

  function to<N extends EndpointName>(name: N): Ask<N> {
    return (...[given]) => {
      const { signal, patienceMs: patience = patienceMs, ...asked } = given ?? ({} as Asked<N> & Asking);
      const url = `${options.url}${addressOf(name, asked as unknown as Asked<N>)}`;
      return patiently(retries, signal, () => askIndexer(name, { ...reach, url, signal, patienceMs: patience }));
    };
  }

  return {
    health: to("health"),
    ready: to("ready"),
    metrics: to("metrics"),
    openapi: to("openapi"),
    contests: to("contests"),
    contest: to("contest"),
    entries: to("entries"),
    entry: to("entry"),
    ranking: to("ranking"),
    history: to("history"),
    voters: to("voters"),
    voter: to("voter"),
    activity: to("activity"),
    snapshot: to("snapshot"),
    snapshotProof: to("snapshotProof"),
    nodes: to("nodes"),
    async *events({ contest, ...listening } = {}) {
      const { listenToIndexer } = await import("./listenToIndexer.ts");
      const url = `${options.url}${addressOf("events", { contest })}`;
      yield* listenToIndexer({ ...reach, ...listening, url });
    },
  };
}

/** Every item of an answer that comes by pages. `page`: asks for what follows; for the first one nothing is given. */
export async function* everyItem<T, C>(
  page: (after: C | undefined) => Promise<{ readonly items: readonly T[]; readonly next: C | null }>,
): AsyncGenerator<T, void> {
  for (let after: C | undefined; ; ) {
    const { items, next } = await page(after);
    yield* items;
    if (next === null) return;
    after = next;
  }
}

async function patiently<T>(retries: number, signal: AbortSignal | undefined, ask: () => Promise<T>): Promise<T> {
  if (retries === 0) return ask();
  const { default: pRetry } = await import("p-retry");
  return pRetry(ask, {
    ...{ retries, minTimeout: 250, maxTimeout: 4_000, randomize: true },
    ...(signal !== undefined && { signal }),
    shouldRetry: ({ error }) => error instanceof RetryableError && waitOf(error) <= longestWait,
    onFailedAttempt: ({ error, retriesLeft }) =>
      retriesLeft > 0 && waitOf(error) <= longestWait ? pause(waitOf(error), signal) : undefined,
  });
}

function waitOf(error: Error): number {
  return error instanceof IndexerAwayError ? (error.retryAfterMs ?? 0) : 0;
}
