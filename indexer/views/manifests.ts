import type { Hex } from "viem";
import type { ManifestState } from "#protocol/http.ts";
import type { Manifest } from "#protocol/manifest.ts";
import type { HiddenReason } from "../manifests/readHidden.ts";
import { nothingHidden } from "../manifests/readHidden.ts";
import type { EntryRow } from "../project/tables.ts";
import type { Rows } from "../store/rows.ts";
import { manifests } from "../store/tables.ts";

/** Attempts after which a manifest that is still being tried is called unavailable. */
export const PATIENCE = 5;
/** Parsed manifests kept in memory: they never change, and hold most of an answer's text. */
const KEPT = 2_000;

export type ManifestReader = (
  rows: Rows,
  entry: Pick<EntryRow, "contest" | "entryId" | "manifestHash">,
) => Promise<ManifestState>;

/**
 * Reads what is known of manifests. A manifest that is present was checked before it was stored. `hidden`: which the
 * operator does not show, though it is there.
 */
export function createManifestReader(hidden: HiddenReason = nothingHidden): ManifestReader {
  const present = new Map<Hex, ManifestState>();
  return async (rows, { contest, entryId, manifestHash }) => {
    const reason = hidden(contest, entryId);
    if (reason !== null) return { state: "hidden", reason };
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
