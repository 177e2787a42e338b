import type { Hex } from "viem";
import type { At, ChallengeView, EntryView, ManifestState } from "#protocol/http.ts";
import type { Window } from "#protocol/tally.ts";
import type { ContestRow, EntryRow } from "../project/tables.ts";
import { entries } from "../project/tables.ts";
import { amount } from "../store/column.ts";
import type { Rows } from "../store/rows.ts";
import { atOf, blockOf, standingOf } from "./blocks.ts";
import { challengesOf } from "./challenges.ts";
import { contestRow } from "./contests.ts";
import { NotFoundError } from "./errors.ts";
import { figuresOf, windowOf } from "./figures.ts";
import type { ManifestReader } from "./manifests.ts";

/** How long an attestation speaks for its node, in seconds: two of its daily ones. */
const ATTESTED_FOR = 48 * 3600;

type EntriesQuery = { readonly search?: string | undefined; readonly category?: string | undefined };

/** Entries of a contest by id; `search` is looked for in what people read of an entry. */
export async function entriesView(rows: Rows, manifestOf: ManifestReader, contest: Hex, query: EntriesQuery) {
  const at = await atOf(rows);
  const { entryOf } = await readerOf(rows, await contestRow(rows, contest), at);
  const all = await rows.select(entries, `"contest" = ? ORDER BY "entryId"`, contest);
  const found = await Promise.all(all.map(async (row) => ({ row, manifest: await manifestOf(rows, row) })));
  const wanted = found.filter((entry) => matches(entry, query));
  return { at, entries: await Promise.all(wanted.map(({ row, manifest }) => entryOf(row, manifest))) };
}

export async function entryView(rows: Rows, manifestOf: ManifestReader, contest: Hex, entryId: number) {
  const at = await atOf(rows);
  const { entryOf } = await readerOf(rows, await contestRow(rows, contest), at);
  const row = await rows.get(entries, [contest, entryId]);
  if (row === undefined) throw new NotFoundError(`The contest ${contest} has no entry ${entryId}.`);
  return { at, entry: await entryOf(row, await manifestOf(rows, row)) };
}

/** Puts what is known of an entry together; what lies beside the entries is read once for all of them. */
async function readerOf(rows: Rows, contest: ContestRow, at: At) {
  const window = windowOf(contest.rules);
  const serving = await servingNodes(rows, contest.contest, at);
  const challenges = await challengesOf(rows, contest);
  return {
    entryOf: (row: EntryRow, manifest: ManifestState): Promise<EntryView> =>
      viewOf(rows, row, {
        window,
        manifest,
        nodes: serving.get(row.entryId) ?? 0,
        challenges: challenges.get(row.entryId) ?? [],
      }),
  };
}

type Beside = {
  readonly window: Window;
  readonly manifest: ManifestState;
  readonly nodes: number;
  readonly challenges: ChallengeView[];
};

async function viewOf(rows: Rows, row: EntryRow, { window, manifest, nodes, challenges }: Beside): Promise<EntryView> {
  return {
    author: row.author,
    manifestHash: row.manifestHash,
    modelSha256: row.modelSha256,
    modelRoot: row.modelRoot,
    modelSize: row.modelSize,
    manifestURI: row.manifestURI,
    submittedAt: await blockOf(rows, row.submittedBlock),
    manifest,
    ...figuresOf(row, window),
    nodes,
    challenges,
  };
}

/** Active nodes with an attestation of an entry's true hashes, by entry id. */
async function servingNodes(rows: Rows, contest: Hex, at: At): Promise<ReadonlyMap<number, number>> {
  const { minStake } = await standingOf(rows);
  const counted = await rows.list(
    `SELECT e."entryId", count(*) FROM "attestations" a
     JOIN "entries" e ON e."contest" = a."contest" AND CAST(e."entryId" AS TEXT) = a."entryId"
       AND e."manifestHash" = a."manifestHash" AND e."modelRoot" = a."modelRoot" AND e."modelSha256" = a."modelSha256"
     JOIN "nodes" n ON n."node" = a."node" AND n."leavesAt" IS NULL AND n."stake" >= ?
     JOIN "blocks" b ON b."number" = a."block" AND b."timestamp" >= ?
     WHERE a."contest" = ? GROUP BY e."entryId"`,
    amount.encode(BigInt(minStake)),
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
