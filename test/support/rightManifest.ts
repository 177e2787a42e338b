import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { canonicalBytes } from "#protocol/canonicalJson.ts";
import { toBytes32 } from "#protocol/hashing.ts";

/** A manifest that is right in every way, as the demo's authors write theirs, with its hash and canonical text. */
export function rightManifest(name: string) {
  const text = readFileSync(new URL("../../scripts/demo/entries/haiku.json", import.meta.url), "utf8");
  const sha256 = "ab".repeat(32);
  const draft = { ...(JSON.parse(text) as Record<string, unknown>), name, version: 1 };
  const pieces = { piecesRoot: sha256, pieceLength: 1_048_576, pieceLayer: [sha256] };
  const manifest = {
    ...draft,
    files: [{ role: "model", name: "model.gguf", size: 1_234, sha256, ...pieces, urls: [] }],
  };
  const bytes = canonicalBytes(manifest);
  return {
    manifest,
    hash: toBytes32(createHash("sha256").update(bytes).digest()),
    body: new TextDecoder().decode(bytes),
  };
}
