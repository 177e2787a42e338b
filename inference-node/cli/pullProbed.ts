import { prefixedHex } from "#protocol/hashing.ts";
import type { Manifest } from "#protocol/manifest.ts";
import { modelFile } from "#protocol/manifest.ts";
import type { NodeClient, ServedModel } from "../audit/nodeClient.ts";
import { findModelFile } from "../models/modelStore.ts";

/** Fetches the model that a manifest names, by its hash: from the manifest's addresses, else from the node itself. */
export async function pullProbed(
  { url }: NodeClient,
  { manifestHash, id }: ServedModel,
  manifest: Manifest,
  { store, allowPrivate }: { readonly store: string; readonly allowPrivate?: true },
  signal: AbortSignal,
): Promise<string> {
  const file = modelFile(manifest);
  const [contest = "", entryId = ""] = id.split("/");
  const facts = {
    contest: prefixedHex(contest.slice(2)),
    entryId: Number(entryId),
    manifestHash: prefixedHex(manifestHash.slice(2)),
    modelSha256: prefixedHex(file.sha256),
    modelRoot: prefixedHex(file.piecesRoot),
    modelSize: file.size,
    manifestURI: `${url}/manifests/${manifestHash.slice(2)}`,
  };
  const files = manifest.files.map((one) =>
    one.role === "model" ? { ...one, urls: [...one.urls, `${url}/models/${file.sha256}`] } : one,
  );
  const { path } = await findModelFile(
    facts,
    { ...manifest, files },
    { folder: store, ownFolders: [], allowPrivate: allowPrivate === true, signal, onRefused: () => undefined },
  );
  return path;
}
