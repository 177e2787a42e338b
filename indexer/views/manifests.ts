import type { Hex } from "viem";
import type { ManifestState } from "#protocol/http.ts";
import type { Manifest } from "#protocol/manifest.ts";
import type { Rows } from "../store/rows.ts";
import { manifests } from "../store/tables.ts";

/** Attempts after which a manifest that is still being tried is called unavailable. */
export const PATIENCE = 5;
/** Parsed manifests kept in memory: they never change, and hold most of an answer's text. */
const KEPT = 2_000;

export type ManifestReader = (rows: Rows, manifestHash: Hex) => Promise<ManifestState>;

/** Reads what is known of manifests. A manifest that is present was checked before it was stored. */
export function createManifestReader(): ManifestReader {
  const present = new Map<Hex, ManifestState>();
  return async (rows, manifestHash) => {
    const known = present.get(manifestHash);
    if (known !== undefined) return known;
    const row = await rows.get(manifests, [manifestHash]);
    if (row === undefined) return { state: "waiting" };
    if (row.body === null) {
      const given = row.nextAttempt === null || row.attempts >= PATIENCE;
      return given ? { state: "unavailable", reason: row.reason ?? "It was not found." } : { state: "waiting" };
    }
    const state: ManifestState = { state: "present", manifest: JSON.parse(row.body) as Manifest };
    if (present.size >= KEPT) present.clear();
    present.set(manifestHash, state);
    return state;
  };
}
