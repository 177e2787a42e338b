import { createHash } from "node:crypto";
import type { Hex } from "viem";
import { canonicalBytes } from "#protocol/canonicalJson.ts";
import { BaseError } from "#protocol/errors.ts";
import { toBytes32 } from "#protocol/hashing.ts";
import { parseManifest } from "#protocol/manifest.ts";
import { BadManifestError, SourceError } from "./errors.ts";

/**
 * Checks fetched bytes against the hash that the chain carries, over their canonical form, and then their shape.
 * Returns the canonical text. Throws `SourceError` for other bytes, `BadManifestError` for right ones that break the
 * manifest's rules.
 */
export function readManifest(bytes: Uint8Array, manifestHash: Hex): string {
  const canonical = canonicalForm(bytes);
  const hash = toBytes32(createHash("sha256").update(canonical).digest());
  if (hash !== manifestHash) throw new SourceError(`The source sends another manifest, with hash ${hash}.`);
  const text = new TextDecoder().decode(canonical);
  try {
    parseManifest(JSON.parse(text));
  } catch (error) {
    const facts = error instanceof BaseError ? error.metaMessages : [];
    throw new BadManifestError(`The manifest breaks the rules: ${facts.slice(0, 3).join("; ")}`.slice(0, 500), {
      cause: error,
    });
  }
  return text;
}

function canonicalForm(bytes: Uint8Array): Uint8Array {
  try {
    return canonicalBytes(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch (error) {
    throw new SourceError("The source sends no JSON.", { cause: error });
  }
}
