import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { RequestOptions } from "node:https";
import { request as requestHttps } from "node:https";
import { text } from "node:stream/consumers";
import { checkServerIdentity, rootCertificates } from "node:tls";
import { RetryableError, shortMessageOf } from "#protocol/errors.ts";
import type { NodeConfig } from "./nodeConfig.ts";

const patienceMs = 10_000;

/**
 * Asks a running node for JSON. `own`: the configuration of the node on this machine, which says by what its certificate
 * is known: asked at loopback it cannot show one for that name. Throws `RetryableError` when nothing trustworthy answers.
 */
export async function askNode(
  url: string,
  path: string,
  own: Pick<NodeConfig, "tls" | "endpoint"> | null,
): Promise<unknown> {
  const asked = new URL(path, url);
  try {
    if (own?.tls !== undefined && asked.protocol === "https:" && isThisMachine(asked.hostname)) {
      return JSON.parse(await getOwn(asked, await trustOf(own.tls.cert, own.endpoint)));
    }
    return await (await fetch(asked, { signal: AbortSignal.timeout(patienceMs) })).json();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new RetryableError(`No node answers at ${url}.`, { metaMessages: [shortMessageOf(cause)], cause: error });
  }
}

function isThisMachine(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}

/**
 * Trusts the configured certificate itself; where another is shown, renewed or not read anew yet, one that is good for
 * the endpoint's name.
 */
async function trustOf(certFile: string, endpoint: string | undefined): Promise<RequestOptions> {
  const pem = await readFile(certFile, "utf8");
  const { raw } = new X509Certificate(pem);
  const name = endpoint === undefined ? null : new URL(endpoint).hostname;
  return {
    ca: [...rootCertificates, pem],
    allowPartialTrustChain: true,
    ...(name !== null && { servername: name }),
    checkServerIdentity(_host, shown) {
      if (raw.equals(shown.raw)) return undefined;
      if (name !== null) return checkServerIdentity(name, shown);
      return new Error("it shows another certificate than the configured one");
    },
  };
}

function getOwn(url: URL, trust: RequestOptions): Promise<string> {
  return new Promise((done, fail) => {
    const signal = AbortSignal.timeout(patienceMs);
    requestHttps(url, { ...trust, agent: false, signal }, (answer) => text(answer).then(done, fail))
      .on("error", fail)
      .end();
  });
}
