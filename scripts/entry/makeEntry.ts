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

/** A file that a model is served with. */
export type OtherFile = { readonly role: "adapter" | "knowledge" | "embedding"; readonly path: string };

/**
 * Makes the manifest of a draft and its files. `urls`: where the model can be downloaded; `otherUrl`: below which address
 * the others can, each under its name.
 */
export async function makeEntry(options: {
  readonly draft: EntryDraft;
  readonly modelPath: string;
  readonly urls?: readonly string[];
  readonly others?: readonly OtherFile[];
  readonly otherUrl?: string | undefined;
  readonly onProgress?: (bytes: number) => void;
}): Promise<Prepared> {
  const { draft, modelPath, urls = [], others = [], otherUrl, onProgress } = options;
  const facts = await hashModelFile(modelPath, onProgress);
  const file = { role: "model", name: path.basename(modelPath), ...facts, urls: [...urls] };
  const rest = await Promise.all(
    others.map(async ({ role, path: place }) => {
      const name = path.basename(place);
      const at = otherUrl === undefined ? [] : [new URL(name, otherUrl.replace(/\/?$/, "/")).href];
      return { role, name, ...(await hashModelFile(place)), urls: at };
    }),
  );
  return prepare(parseManifest({ version: 1, ...draft, files: [file, ...rest] }));
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
