import { existsSync } from "node:fs";
import { InvalidInputError } from "#protocol/errors.ts";
import { manifestHash, modelFile } from "#protocol/manifest.ts";
import { checkGgufHeader } from "../models/ggufHeader.ts";
import { nodeHashing } from "../models/nodeHashing.ts";
import { identityOf } from "../models/pieceMap.ts";
import { verifyModelFile } from "../models/verifyModelFile.ts";
import type { OpenProgress } from "./createTerminal.ts";
import { silent } from "./createTerminal.ts";
import { readManifest } from "./readManifest.ts";
import { say } from "./say.ts";

export type VerifyFlags = { readonly manifest: string; readonly json?: boolean };

/** Compares a model file with the one that a manifest names, as a node does before it loads it. Throws when it differs. */
export async function verifyCommand(
  path: string,
  { manifest: at, json }: VerifyFlags,
  { progress: open, signal }: { readonly progress: OpenProgress; readonly signal: AbortSignal },
) {
  const manifest = await readManifest(at);
  if (!existsSync(path)) throw new InvalidInputError(`There is no file at ${path}.`);
  const named = modelFile(manifest);
  const progress = json === true ? silent : open("verifying", named.size);
  await verifyModelFile(path, identityOf(named), signal, progress.at).finally(progress.end);
  const { architecture, blockCount, contextLength } = await checkGgufHeader(path);
  const hash = manifestHash(manifest, nodeHashing.sha256).slice(2);
  const { sha256, piecesRoot, size } = named;
  say(json, { verified: true, path, name: manifest.name, manifestHash: hash, sha256, piecesRoot, size, architecture }, [
    `${path} is the model of ${manifest.name}`,
    `manifest     ${hash}`,
    `SHA-256      ${sha256}`,
    `pieces root  ${piecesRoot}`,
    `size         ${size} bytes`,
    `architecture ${architecture}, ${blockCount} blocks, context ${contextLength}`,
  ]);
}
