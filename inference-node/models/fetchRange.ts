import type { IncomingMessage } from "node:http";
import { BaseError, RetryableError } from "#protocol/errors.ts";
import type { FetchBounds } from "./fetchBounded.ts";
import { openAnswer, RefusedFetchError } from "./fetchBounded.ts";

/** Bytes of a file from `start` on, as they come: those that were asked for, or the whole file where `ranged` is false. */
export type Stretch = { readonly start: number; readonly ranged: boolean; readonly chunks: AsyncIterable<Buffer> };

/**
 * Asks a URL for the bytes `start` to, not including, `end` of a file of `size` bytes.
 *
 * A server that knows no ranges sends the file from its beginning. Announced and sent lengths must be exact. Throws `RefusedFetchError` for what will not change, `RetryableError` for what may.
 */
export async function fetchRange(
  url: string,
  { start, end, size }: { readonly start: number; readonly end: number; readonly size: number },
  bounds: Pick<FetchBounds, "stallMs" | "allowPrivate" | "signal" | "lookup">,
): Promise<Stretch> {
  const answer = await openAnswer(new URL(url), { ...bounds, headers: { Range: `bytes=${start}-${end - 1}` } });
  try {
    if (answer.statusCode === 206) {
      const expected = `bytes ${start}-${end - 1}/${size}`;
      const said = answer.headers["content-range"] ?? "nothing";
      if (said !== expected && said !== expected.replace(/\d+$/, "*"))
        throw new RefusedFetchError(`${url} answers with ${said.slice(0, 80)}; ${expected} was asked for.`);
      return { start, ranged: true, chunks: exactly(url, answer, end - start, bounds.signal) };
    }
    return { start: 0, ranged: false, chunks: exactly(url, answer, size, bounds.signal) };
  } catch (error) {
    answer.destroy();
    throw error;
  }
}

function exactly(url: string, answer: IncomingMessage, bytes: number, signal: AbortSignal): AsyncIterable<Buffer> {
  const announced = answer.headers["content-length"];
  if (announced !== undefined && Number(announced) !== bytes)
    throw new RefusedFetchError(`${url} announces ${announced} bytes; ${bytes} were expected.`);
  return (async function* () {
    let received = 0;
    try {
      for await (const chunk of answer as AsyncIterable<Buffer>) {
        received += chunk.length;
        if (received > bytes) throw new RefusedFetchError(`${url} sends more than ${bytes} bytes.`);
        yield chunk;
      }
    } catch (error) {
      if (error instanceof BaseError || signal.aborted) throw error;
      throw new RetryableError(`${url} broke off after ${received} bytes.`, { cause: error });
    } finally {
      answer.destroy();
    }
    if (received < bytes) throw new RefusedFetchError(`${url} ends after ${received} bytes; ${bytes} were expected.`);
  })();
}
