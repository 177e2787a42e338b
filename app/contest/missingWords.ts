import type { ManifestState } from "#protocol/http.ts";
import type { From } from "../data/queries.ts";
import { words } from "../words/words.ts";

/** Why an entry's own words are not there; nothing where they are. */
export function missingWords(manifest: ManifestState, from: From): string {
  if (manifest.state === "present") return "";
  if (from === "chain") return words.entries.manifestChain;
  switch (manifest.state) {
    case "waiting":
      return words.entries.manifestWaiting;
    case "unavailable":
      return words.entries.manifestUnavailable;
    case "hidden":
      return words.entries.manifestHidden(manifest.reason);
  }
}
