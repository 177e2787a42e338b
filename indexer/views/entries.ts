import type { Hex } from "viem";
import type { At, EntryView, ManifestState } from "#protocol/http.ts";
import type { Window } from "#protocol/tally.ts";
import type { EntryRow } from "../project/tables.ts";
import { entries } from "../project/tables.ts";
import { amount } from "../store/column.ts";
import type { Rows } from "../store/rows.ts";
import { atOf, blockOf, standingOf } from "./blocks.ts";
import { contestRow } from "./contests.ts";
import { NotFoundError } from "./errors.ts";
import { figuresOf, windowOf } from "./figures.ts";
import type { ManifestReader } from "./manifests.ts";

/** How long an attestation speaks for its node, in seconds: two of its daily ones. */
const ATTESTED_FOR = 48 * 3600;

type EntriesQuery = { readonly search?: string | undefined; readonly category?: string | undefined };

/** Entries of a contest by id; `search` is looked for in what people read of an entry. */
export function entriesView(rows: Rows, manifestOf: ManifestReader, contest: Hex, query: EntriesQuery) {
  const at = atOf(rows);
  const { rules } = contestRow(rows, contest);
  const serving = servingNodes(rows, contest, at);
  const found = rows
    .select(entries, `"contest" = ? ORDER BY "entryId"`, contest)
    .map((row) => ({ row, manifest: manifestOf(row.manifestHash) }))
    .filter((entry) => matches(entry, query));
  const window = windowOf(rules);
  const nodesOf = (id: number) => serving.get(id) ?? 0;
  return { at, entries: found.map(({ row, manifest }) => viewOf(rows, row, window, manifest, nodesOf(row.entryId))) };
}

export function entryView(rows: Rows, manifestOf: ManifestReader, contest: Hex, entryId: number) {
  const at = atOf(rows);
  const { rules } = contestRow(rows, contest);
  const row = rows.get(entries, [contest, entryId]);
  if (row === undefined) throw new NotFoundError(`The contest ${contest} has no entry ${entryId}.`);
  const nodes = servingNodes(rows, contest, at).get(entryId) ?? 0;
  return { at, entry: viewOf(rows, row, windowOf(rules), manifestOf(row.manifestHash), nodes) };
}

function viewOf(rows: Rows, row: EntryRow, window: Window, manifest: ManifestState, nodes: number): EntryView {
  return {
    author: row.author,
    manifestHash: row.manifestHash,
    modelSha256: row.modelSha256,
    modelRoot: row.modelRoot,
    modelSize: row.modelSize,
    manifestURI: row.manifestURI,
    submittedAt: blockOf(rows, row.submittedBlock),
    status: row.status,
    manifest,
    ...figuresOf(row, window),
    nodes,
  };
}

/** Active nodes with an attestation of an entry's true hashes, by entry id. */
function servingNodes(rows: Rows, contest: Hex, at: At): ReadonlyMap<number, number> {
  const minStake = amount.encode(BigInt(standingOf(rows).minStake));
  const counted = rows.list(
    `SELECT e."entryId", count(*) FROM "attestations" a
     JOIN "entries" e ON e."contest" = a."contest" AND e."entryId" = CAST(a."entryId" AS INTEGER)
       AND e."manifestHash" = a."manifestHash" AND e."modelRoot" = a."modelRoot" AND e."modelSha256" = a."modelSha256"
     JOIN "nodes" n ON n."node" = a."node" AND n."leavesAt" IS NULL AND n."stake" >= ?
     JOIN "blocks" b ON b."number" = a."block" AND b."timestamp" >= ?
     WHERE a."contest" = ? GROUP BY e."entryId"`,
    minStake,
    at.block.timestamp - ATTESTED_FOR,
    contest,
  );
  return new Map(counted.map(([entryId, nodes]) => [Number(entryId), Number(nodes)]));
}

function matches(entry: { readonly row: EntryRow; readonly manifest: ManifestState }, query: EntriesQuery): boolean {
  const manifest = entry.manifest.state === "present" ? entry.manifest.manifest : null;
  if (query.category !== undefined && manifest?.category !== query.category) return false;
  if (query.search === undefined || query.search === "") return true;
  const text = [manifest?.name, manifest?.tagline, manifest?.description, manifest?.team, entry.row.author].join("\n");
  const words = query.search.toLocaleLowerCase().split(/\s+/);
  return words.every((word) => text.toLocaleLowerCase().includes(word));
}
