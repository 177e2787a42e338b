import type { Answer, EndpointName, Endpoints, refusal } from "./endpoints.ts";
import { InvalidInputError } from "./errors.ts";
import { IndexerAwayError, IndexerRefusedError, NotFoundError } from "./indexerErrors.ts";
import { retryAfterOf } from "./retryAfterOf.ts";

/** What checks answers; fetched beside the first of them, so that a page can show something before. */
export type Shapes = { readonly endpoints: Endpoints; readonly refusal: typeof refusal };

/** An answer that was had before, by its address, with the tag by which the indexer knows it. */
export type KeptAnswers = Map<string, { readonly tag: string; readonly answer: unknown }>;

export type Reach = {
  readonly url: string;
  readonly signal: AbortSignal | undefined;
  readonly patienceMs: number;
  readonly fetch: typeof fetch;
  readonly loadShapes: () => Promise<Shapes>;
  readonly kept: KeptAnswers;
  /** How many answers are kept. */
  readonly keep: number;
};

/**
 * Asks once. Throws `IndexerAwayError` where it may be asked again, `NotFoundError` and `IndexerRefusedError` where it need
 * not, `InvalidInputError` for an answer of another shape, and the signal's reason when that aborts.
 */
export async function askIndexer<N extends EndpointName>(name: N, reach: Reach): Promise<Answer<N>> {
  const { url, kept, keep, signal, patienceMs } = reach;
  const before = kept.get(url);
  const limits = AbortSignal.any([AbortSignal.timeout(patienceMs), ...(signal === undefined ? [] : [signal])]);
  const headers: Record<string, string> = before === undefined ? {} : { "if-none-match": before.tag };
  const [{ response, body }, { endpoints, refusal }] = await Promise.all([
    fetchBody(reach, { headers, signal: limits }),
    reach.loadShapes(),
  ]);
  if (response.status === 304 && before !== undefined) return before.answer as Answer<N>;
  const parsed = endpoints[name].answer.safeParse(body);
  // An indexer that is not ready says how far it is.
  const isAnswer = response.ok || (name === "ready" && response.status === 503 && parsed.success);
  if (!isAnswer) throw refusedBy(response, url, refusal.safeParse(body).data?.error);
  if (!parsed.success) {
    throw new InvalidInputError("The indexer answered in a shape that is not known here.", {
      metaMessages: [`URL: ${url}`, `Status: ${response.status}`, "To do: see whether both are of the same version."],
      cause: parsed.error,
    });
  }
  const tag = response.headers.get("etag");
  if (keep > 0 && tag !== null) {
    kept.delete(url);
    kept.set(url, { tag, answer: parsed.data });
    for (const [oldest] of kept) if (kept.size > keep) kept.delete(oldest);
  }
  return parsed.data as Answer<N>;
}

/** What a response says that is no answer. `said`: in the indexer's own words. */
export function refusedBy(
  { status, headers }: Response,
  url: string,
  said: { readonly message: string; readonly parameter?: string | undefined } | undefined,
): IndexerAwayError | IndexerRefusedError {
  if (status === 429 || status >= 500) {
    const facts = { url, status, retryAfterMs: retryAfterOf(headers) };
    return new IndexerAwayError(said?.message ?? `The indexer answered ${status}.`, facts);
  }
  const facts = { url, status, message: said?.message, parameter: said?.parameter };
  return status === 404 ? new NotFoundError(facts) : new IndexerRefusedError(facts);
}

async function fetchBody({ url, signal, fetch: fetchNow }: Reach, init: RequestInit) {
  try {
    const response = await fetchNow(url, init);
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
    return { response, body: isJson && response.status !== 304 ? (JSON.parse(text) as unknown) : text };
  } catch (cause) {
    signal?.throwIfAborted();
    throw new IndexerAwayError("The indexer did not answer.", { url, status: null, cause });
  }
}
