import { existsSync } from "node:fs";
import { open } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import type { ManifestFile } from "#protocol/manifest.ts";
import type { FetchBounds } from "./fetchBounded.ts";
import { RefusedFetchError } from "./fetchBounded.ts";
import type { Stretch } from "./fetchRange.ts";
import { fetchRange } from "./fetchRange.ts";

/** A place that says it has a file. Nothing it sends is believed. */
export type Mirror = {
  /** As people are told of it. */
  readonly name: string;
  /** Bytes from `start` to, not including, `end`, or the whole file where it knows no ranges. */
  readonly read: (start: number, end: number, signal: AbortSignal) => Promise<Stretch>;
};

export type MirrorOptions = Pick<FetchBounds, "allowPrivate" | "stallMs" | "lookup"> & {
  /** Base URLs of other nodes. */
  readonly nodes: readonly string[];
  /** Files that somebody at this machine named. */
  readonly files: readonly string[];
  /** Folders in which Ollama keeps its blobs. */
  readonly blobFolders: readonly string[];
};

const readBytes = 1_048_576;

/** Where a file may be had: by the manifest's addresses, from other nodes, from Ollama's blobs, from named files. */
export function mirrorsOf(file: Pick<ManifestFile, "size" | "sha256" | "urls">, options: MirrorOptions): Mirror[] {
  const urls = new Set([
    ...file.urls.map(toDownload),
    ...options.nodes.map((base) => `${base.replace(/\/+$/, "")}/models/${file.sha256}`),
  ]);
  const paths = new Set([
    ...options.files,
    ...options.blobFolders.map((folder) => join(folder, `sha256-${file.sha256}`)).filter((path) => existsSync(path)),
  ]);
  return [
    ...[...paths].map(fileMirror),
    ...[...urls].map(
      (url): Mirror => ({
        name: url,
        read: (start, end, signal) => fetchRange(url, { start, end, size: file.size }, { ...options, signal }),
      }),
    ),
  ];
}

/** Ollama's blob folders on this machine. Source: Ollama's FAQ, "Where are models stored?" */
export function ollamaBlobFolders(env: NodeJS.ProcessEnv = process.env): string[] {
  const own = env["OLLAMA_MODELS"];
  if (own !== undefined && own !== "") return [join(own, "blobs")];
  return [join(homedir(), ".ollama/models/blobs"), "/usr/share/ollama/.ollama/models/blobs"];
}

/** A page about a file on Hugging Face, as people copy it, becomes the file's own address. */
function toDownload(url: string): string {
  return url.replace(/^(https:\/\/huggingface\.co\/[^/]+\/[^/]+)\/blob\//, "$1/resolve/");
}

function fileMirror(path: string): Mirror {
  return {
    name: path,
    async read(start, end) {
      const file = await open(path, "r");
      return {
        start,
        ranged: true,
        chunks: (async function* () {
          try {
            for (let at = start; at < end; ) {
              const chunk = Buffer.allocUnsafe(Math.min(readBytes, end - at));
              const { bytesRead } = await file.read(chunk, 0, chunk.length, at);
              if (bytesRead === 0)
                throw new RefusedFetchError(`${basename(path)} ends after ${at} bytes; at least ${end} were expected.`);
              at += bytesRead;
              yield chunk.subarray(0, bytesRead);
            }
          } finally {
            await file.close();
          }
        })(),
      };
    },
  };
}
