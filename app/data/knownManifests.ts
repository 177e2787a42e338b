import type { Hex } from "viem";
import type { EntryView, ManifestState } from "#protocol/http.ts";

const known = new Map<Hex, ManifestState>();

/** Remembers descriptions that the indexer gave, so that names stay when it falls silent. They are named by their hash. */
export function rememberManifests(entries: readonly EntryView[]): void {
  for (const { manifestHash, manifest } of entries) {
    if (manifest.state === "present") known.set(manifestHash, manifest);
  }
}

/** What is remembered of a manifest, or that it cannot be had now. */
export function recallManifest(hash: Hex): ManifestState {
  return known.get(hash) ?? { state: "unavailable", reason: "the indexer does not answer" };
}
