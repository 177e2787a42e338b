import type { LookupAddress } from "node:dns";
import { lookup as systemLookup } from "node:dns";
import type { IncomingMessage } from "node:http";
import { get as getHttp } from "node:http";
import { get as getHttps } from "node:https";
import type { LookupFunction } from "node:net";
import { isIP } from "node:net";
import { shortMessageOf } from "#protocol/errors.ts";
import { SourceError } from "./errors.ts";
import { isPublicAddress } from "./publicAddress.ts";

export type FetchOptions = {
  readonly maxBytes: number;
  /** Milliseconds for the whole of it. */
  readonly timeoutMs: number;
  /** Whether plain http and private addresses are allowed. */
  readonly allowPrivate: boolean;
  readonly signal: AbortSignal;
  /** How names become addresses. */
  readonly lookup?: typeof systemLookup;
};

/**
 * Fetches a small file from an address that somebody else wrote. Only https and public addresses, checked on the very
 * address that is connected to; no redirects, no compression, no more than `maxBytes`, no longer than `timeoutMs`.
 * Throws `SourceError`.
 */
export async function fetchBytes(url: URL, options: FetchOptions): Promise<Uint8Array> {
  const { maxBytes, timeoutMs, allowPrivate } = options;
  if (url.protocol !== "https:" && !(allowPrivate && url.protocol === "http:")) {
    throw new SourceError(`${url.protocol} addresses are not fetched here.`);
  }
  if (url.username !== "" || url.password !== "") throw new SourceError("Addresses with a password are not fetched.");
  const literal = url.hostname.replace(/^\[(.*)\]$/, "$1");
  if (!allowPrivate && isIP(literal) !== 0 && !isPublicAddress(literal)) throw privateAddress(literal);

  const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), options.signal]);
  try {
    return await readBody(await request(url, options, signal), maxBytes);
  } catch (error) {
    if (error instanceof SourceError) throw error;
    const timedOut = signal.aborted && !options.signal.aborted;
    throw new SourceError(
      timedOut ? `${url.host} took longer than ${timeoutMs / 1000} s.` : `${url.host}: ${shortMessageOf(error)}`,
      { cause: error },
    );
  }
}

function request(url: URL, { allowPrivate, lookup }: FetchOptions, signal: AbortSignal): Promise<IncomingMessage> {
  const get = url.protocol === "https:" ? getHttps : getHttp;
  const resolve = lookup ?? systemLookup;
  return new Promise((answered, failed) => {
    get(
      url,
      {
        signal,
        agent: false,
        lookup: allowPrivate ? (resolve as LookupFunction) : publicOnly(resolve),
        headers: { accept: "application/json", "accept-encoding": "identity" },
      },
      answered,
    ).on("error", failed);
  });
}

/** Looks a name up and refuses it when any of its addresses is not public. */
function publicOnly(resolve: typeof systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error !== null) return callback(error, "", 0);
      const hidden = addresses.find(({ address }) => !isPublicAddress(address));
      if (hidden !== undefined) return callback(privateAddress(hidden.address), "", 0);
      const [first] = addresses;
      if (first === undefined) return callback(new SourceError(`${hostname} has no address.`), "", 0);
      return options.all === true ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const { statusCode = 0, headers } = response;
  const refuse = (problem: string) => {
    response.destroy();
    return new SourceError(problem);
  };
  if (statusCode >= 300 && statusCode < 400)
    throw refuse("The source redirects elsewhere; redirects are not followed.");
  if (statusCode !== 200) throw refuse(`The source answered ${statusCode}.`);
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity") throw refuse("The source sends compressed bytes.");
  const tooLarge = `The source sends more than ${maxBytes} bytes.`;
  if (Number(headers["content-length"] ?? 0) > maxBytes) throw refuse(tooLarge);

  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > maxBytes) throw refuse(tooLarge);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function privateAddress(address: string): SourceError {
  return new SourceError(`The address ${address} is not on the public internet.`);
}
