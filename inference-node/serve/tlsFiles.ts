import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Server } from "node:https";
import { createSecureContext } from "node:tls";
import { InvalidInputError, shortMessageOf } from "#protocol/errors.ts";

/** Paths of a certificate and its private key, PEM. */
export type TlsFiles = { readonly cert: string; readonly key: string };

/** Reads both, and looks whether they belong together. Throws `InvalidInputError` that names the file, or both. */
export async function readTls({ cert, key }: TlsFiles): Promise<{ readonly cert: Buffer; readonly key: Buffer }> {
  const [certificate, privateKey] = await Promise.all([cert, key].map((file) => readOrRefuse(file)));
  const pair = { cert: certificate ?? Buffer.of(), key: privateKey ?? Buffer.of() };
  try {
    createSecureContext(pair);
  } catch (cause) {
    throw new InvalidInputError(`The certificate ${cert} and the private key ${key} are no pair in PEM.`, {
      metaMessages: [shortMessageOf(cause)],
      cause,
    });
  }
  return pair;
}

/**
 * Looks now and then whether the certificate was renewed, and has the server use the new one for new connections.
 * `everyMs`: milliseconds between two looks. What cannot be used is reported, and the old one stays.
 */
export function renewTls(
  server: Server,
  files: TlsFiles,
  options: { readonly everyMs: number; readonly signal: AbortSignal; readonly onRenewed: (error: unknown) => void },
): void {
  let before = stamp(files);
  const timer = setInterval(() => void look(), options.everyMs).unref();
  options.signal.addEventListener("abort", () => clearInterval(timer), { once: true });

  async function look(): Promise<void> {
    const now = stamp(files);
    if (now === before) return;
    before = now;
    try {
      server.setSecureContext(await readTls(files));
      options.onRenewed(null);
    } catch (error) {
      options.onRenewed(error);
    }
  }
}

function stamp({ cert, key }: TlsFiles): string {
  return [cert, key]
    .map((file) => statSync(file, { throwIfNoEntry: false }))
    .map((found) => (found === undefined ? "gone" : `${found.mtimeMs} ${found.size}`))
    .join(" ");
}

async function readOrRefuse(file: string): Promise<Buffer> {
  return await readFile(file).catch((cause: unknown) => {
    throw new InvalidInputError(`The file ${file}, named under tls, cannot be read.`, {
      metaMessages: [shortMessageOf(cause)],
      cause,
    });
  });
}
