import { prefixedHex } from "#protocol/hashing.ts";
import type { Manifest, ManifestFile } from "#protocol/manifest.ts";
import { modelFile } from "#protocol/manifest.ts";
import type { NodeClient, ServedModel } from "../audit/nodeClient.ts";
import type { StoreOptions } from "../models/modelStore.ts";
import { findFile, findModelFile, ModelUnavailableError } from "../models/modelStore.ts";

type PullOptions = Pick<StoreOptions, "progress"> & { readonly store: string; readonly allowPrivate?: true };

/** Fetches the model that a manifest names, by its hash: from the manifest's addresses, else from the node itself. */
export async function pullProbed(
  { url }: NodeClient,
  { manifestHash, id }: ServedModel,
  manifest: Manifest,
  options: PullOptions,
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
  const files = manifest.files.map((one) => (one.role === "model" ? alsoFrom(url, one) : one));
  try {
    return (await findModelFile(facts, { ...manifest, files }, storeOf(options, signal))).path;
  } catch (error) {
    if (!(error instanceof ModelUnavailableError)) throw error;
    const advice = "A node need not hand its models out. If you have the file, name it: --model <gguf>.";
    throw new ModelUnavailableError(error.shortMessage, {
      metaMessages: [...error.metaMessages, advice],
      mismatches: error.mismatches,
      cause: error,
    });
  }
}

/** Fetches the LoRA adapters that a manifest names, in its order, as `pullProbed` does the model. */
export async function pullAdapters(
  { url }: NodeClient,
  manifest: Manifest,
  options: PullOptions,
  signal: AbortSignal,
): Promise<string[]> {
  const paths: string[] = [];
  for (const file of manifest.files.filter(({ role }) => role === "adapter")) {
    paths.push((await findFile(alsoFrom(url, file), storeOf(options, signal))).path);
  }
  return paths;
}

function alsoFrom(url: string, file: ManifestFile): ManifestFile {
  return { ...file, urls: [...file.urls, `${url}/models/${file.sha256}`] };
}

function storeOf({ store, allowPrivate, progress }: PullOptions, signal: AbortSignal): StoreOptions {
  return {
    folder: store,
    ownFolders: [],
    allowPrivate: allowPrivate === true,
    progress,
    signal,
    onRefused: () => undefined,
  };
}
