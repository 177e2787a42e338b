import { lookup as resolve } from "node:dns";
import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { LookupFunction } from "node:net";
import { isIP } from "node:net";
import { BaseError, RetryableError } from "#protocol/errors.ts";
import { isPublicAddress } from "./publicAddress.ts";

/** An address that this node does not fetch from, or an answer that it does not take. */
export class RefusedFetchError extends BaseError {
  override readonly name = "RefusedFetchError";
}

export type FetchBounds = {
  /** Bytes after which the answer is dropped. */
  readonly maxBytes: number;
  /** Bytes that the answer must announce, where it announces any. */
  readonly exactBytes?: number;
  /** Milliseconds without a byte after which the server is given up. */
  readonly stallMs: number;
  /** Milliseconds for the whole of it, redirects included: a server that sends a byte now and then holds nobody up. */
  readonly totalMs: number;
  /** Plain http and private addresses: for the local demo and closed networks. */
  readonly allowPrivate: boolean;
  /** How names become addresses; the system's way when absent. */
  readonly lookup?: typeof resolve | undefined;
  readonly signal: AbortSignal;
};

type AnswerBounds = Pick<FetchBounds, "stallMs" | "allowPrivate" | "lookup" | "signal"> & {
  readonly headers?: OutgoingHttpHeaders;
};

const maxRedirects = 5;

/**
 * Fetches a URL that somebody else wrote into a manifest, and yields its bytes.
 *
 * Only https to public addresses, at each redirect anew, unless private ones are allowed; the address that is checked
 * is the one connected to. No cookies, no credentials, no compression (a small answer must not unpack to a huge one).
 * Throws `RefusedFetchError` for what will not change, `RetryableError` for what may.
 */
export async function* fetchBounded(url: string, bounds: FetchBounds): AsyncGenerator<Buffer> {
  const late = AbortSignal.timeout(bounds.totalMs);
  try {
    yield* fetchInTime(url, { ...bounds, signal: AbortSignal.any([bounds.signal, late]) });
  } catch (error) {
    if (!late.aborted || bounds.signal.aborted || error instanceof RefusedFetchError) throw error;
    throw new RetryableError(`${url} takes longer than ${bounds.totalMs / 1000} s.`, { cause: error });
  }
}

async function* fetchInTime(url: string, bounds: FetchBounds): AsyncGenerator<Buffer> {
  const answer = await openAnswer(new URL(url), bounds);
  try {
    const announced = Number(answer.headers["content-length"] ?? Number.NaN);
    if (
      announced > bounds.maxBytes ||
      (bounds.exactBytes !== undefined && announced >= 0 && announced !== bounds.exactBytes)
    ) {
      throw new RefusedFetchError(
        `${url} announces ${announced} bytes; ${bounds.exactBytes ?? bounds.maxBytes} were expected.`,
      );
    }
    let received = 0;
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      received += chunk.length;
      if (received > bounds.maxBytes) throw new RefusedFetchError(`${url} sends more than ${bounds.maxBytes} bytes.`);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof BaseError || bounds.signal.aborted) throw error;
    throw new RetryableError(`${url} broke off.`, { cause: error });
  } finally {
    answer.destroy();
  }
}

/** Follows redirects to an answer that is one, uncompressed. Its body is the caller's to read and to destroy. */
export async function openAnswer(first: URL, bounds: AnswerBounds): Promise<IncomingMessage> {
  let url = first;
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const answer = await ask(url, bounds);
    const status = answer.statusCode ?? 0;
    if (status >= 200 && status < 300) {
      const encoding = answer.headers["content-encoding"] ?? "identity";
      if (encoding === "identity") return answer;
      answer.destroy();
      throw new RefusedFetchError(`${url} answers compressed (${encoding}).`);
    }
    answer.destroy();
    const { location } = answer.headers;
    if (status >= 300 && status < 400 && location !== undefined) {
      if (!URL.canParse(location, url)) throw new RefusedFetchError(`${url} redirects to no address.`);
      url = new URL(location, url);
      continue;
    }
    const Kind = status >= 500 || status === 429 || status === 408 ? RetryableError : RefusedFetchError;
    throw new Kind(`${url} answers ${status}.`);
  }
  throw new RefusedFetchError(`${first} redirects more than ${maxRedirects} times.`);
}

function ask(url: URL, { allowPrivate, stallMs, signal, headers, lookup }: AnswerBounds): Promise<IncomingMessage> {
  const secure = url.protocol === "https:";
  if (!secure && !(allowPrivate && url.protocol === "http:"))
    throw new RefusedFetchError(
      `${url} is not https${url.protocol === "http:" ? "; plain http needs --allow-private" : ""}.`,
    );
  if (url.username !== "" || url.password !== "")
    throw new RefusedFetchError(`The address at ${url.host} carries credentials.`);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (!allowPrivate && isIP(host) !== 0 && !isPublicAddress(host))
    throw new RefusedFetchError(`${host} is not a public address.`);

  return new Promise((done, fail) => {
    const request = (secure ? requestHttps : requestHttp)(
      url,
      {
        signal,
        timeout: stallMs,
        agent: false,
        headers: { ...headers, "Accept-Encoding": "identity" },
        ...(!allowPrivate && { lookup: publicOnly(lookup ?? resolve) }),
      },
      done,
    );
    request.on("timeout", () => request.destroy(new Error(`no byte for ${stallMs / 1000} s`)));
    request.on("error", (error) => {
      fail(
        error instanceof BaseError || signal.aborted
          ? error
          : new RetryableError(`${url} cannot be reached.`, { cause: error }),
      );
    });
    request.end();
  });
}

/** Resolves a name as usual, but only to public addresses; the connection uses exactly what was checked. */
const publicOnly =
  (lookup: typeof resolve): LookupFunction =>
  (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return done(error, "");
      const hidden = found.find(({ address }) => !isPublicAddress(address));
      const [first] = found;
      if (hidden !== undefined || first === undefined) {
        return done(
          new RefusedFetchError(`${hostname} leads to ${hidden?.address ?? "no address"}, which is not public.`),
          "",
        );
      }
      if (options.all === true) done(null, found);
      else done(null, first.address, first.family);
    });
  };
