import { readFile } from "node:fs/promises";
import { prefixedHex } from "#protocol/hashing.ts";
import { manifestHash, modelFile, parseManifest } from "#protocol/manifest.ts";
import { checkGgufHeader } from "../models/ggufHeader.ts";
import { nodeHashing } from "../models/nodeHashing.ts";
import { verifyModelFile } from "../models/verifyModelFile.ts";

/** Compares a model file with the one that a manifest names, as a node does before it loads it. Throws when it differs. */
export async function verifyCommand(file: string, manifestPath: string): Promise<void> {
  const manifest = parseManifest(JSON.parse(await readFile(manifestPath, "utf8")));
  const named = modelFile(manifest);
  await verifyModelFile(file, {
    modelSize: named.size,
    modelSha256: prefixedHex(named.sha256),
    modelRoot: prefixedHex(named.piecesRoot),
  });
  const facts = await checkGgufHeader(file);
  process.stdout.write(
    [
      `${file} is the model of ${manifest.name}`,
      `manifest     ${manifestHash(manifest, nodeHashing.sha256).slice(2)}`,
      `SHA-256      ${named.sha256}`,
      `pieces root  ${named.piecesRoot}`,
      `size         ${named.size} bytes`,
      `architecture ${facts.architecture}, ${facts.blockCount} blocks, context ${facts.contextLength}`,
      "",
    ].join("\n"),
  );
}
