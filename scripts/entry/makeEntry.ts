import path from "node:path";
import type { Hex } from "viem";
import { canonicalBytes } from "#protocol/canonicalJson.ts";
import { prefixedHex } from "#protocol/hashing.ts";
import type { EntryDraft, Manifest } from "#protocol/manifest.ts";
import { manifestHash, modelFile, parseManifest } from "#protocol/manifest.ts";
import { nodeHashing } from "../../inference-node/models/nodeHashing.ts";
import { hashModelFile } from "./hashModelFile.ts";

/** An entry ready to be submitted, all but the place of its manifest. */
export type Prepared = {
  readonly manifest: Manifest;
  /** The manifest in canonical JSON: what is to be served. */
  readonly manifestBytes: Uint8Array;
  readonly manifestHash: Hex;
  readonly modelSha256: Hex;
  readonly modelRoot: Hex;
  /** Bytes. */
  readonly modelSize: number;
};

/** Makes the manifest of a draft and its one model file. `urls`: where the model can be downloaded. */
export async function makeEntry(options: {
  readonly draft: EntryDraft;
  readonly modelPath: string;
  readonly urls?: readonly string[];
  readonly onProgress?: (bytes: number) => void;
}): Promise<Prepared> {
  const { draft, modelPath, urls = [], onProgress } = options;
  const facts = await hashModelFile(modelPath, onProgress);
  const file = { role: "model", name: path.basename(modelPath), ...facts, urls: [...urls] };
  return prepare(parseManifest({ version: 1, ...draft, files: [file] }));
}

/** What goes on chain for a manifest. */
export function prepare(manifest: Manifest): Prepared {
  const file = modelFile(manifest);
  return {
    manifest,
    manifestBytes: canonicalBytes(manifest),
    manifestHash: manifestHash(manifest, nodeHashing.sha256),
    modelSha256: prefixedHex(file.sha256),
    modelRoot: prefixedHex(file.piecesRoot),
    modelSize: file.size,
  };
}
