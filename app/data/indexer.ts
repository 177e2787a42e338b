import { BaseError, InvalidInputError, RetryableError } from "#protocol/errors.ts";
import { loadShapes, type Shape, type ShapeName } from "./loadShapes.ts";

const patienceMs = 8_000;

/** The indexer knows of no such thing. */
export class NotFoundError extends BaseError {
  override readonly name = "NotFoundError";
}

/** Fetches one answer and checks that it has the named shape. Throws `RetryableError` when the indexer is silent or overloaded. */
export async function askIndexer<N extends ShapeName>(url: string, name: N, signal: AbortSignal): Promise<Shape<N>> {
  const [response, shapes] = await Promise.all([reach(url, signal), loadShapes()]);
  if (response.status === 404)
    throw new NotFoundError("The indexer knows nothing of this.", { metaMessages: [`URL: ${url}`] });
  if (response.status === 429 || response.status >= 500) {
    throw new RetryableError(`The indexer answered ${response.status}.`, { metaMessages: [`URL: ${url}`] });
  }
  const parsed = shapes[name].safeParse(await body(response, url));
  if (!parsed.success) {
    throw new InvalidInputError("The indexer answered in a shape that this page does not know.", {
      metaMessages: [`URL: ${url}`, `Status: ${response.status}`],
      cause: parsed.error,
    });
  }
  return parsed.data as Shape<N>;
}

async function reach(url: string, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]) });
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new RetryableError("The indexer did not answer.", { metaMessages: [`URL: ${url}`], cause });
  }
}

async function body(response: Response, url: string): Promise<unknown> {
  try {
    return await response.json();
  } catch (cause) {
    throw new RetryableError("The indexer's answer broke off.", { metaMessages: [`URL: ${url}`], cause });
  }
}
