import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import type { Hex } from "viem";
import type { At } from "#protocol/http.ts";
import type { SnapshotLeaf } from "#protocol/httpBooks.ts";
import { ENTRY_STATUSES } from "#protocol/rules.ts";
import { accrue } from "#protocol/tally.ts";
import type { Rows } from "../store/rows.ts";
import { pastOf, standingOf } from "./blocks.ts";
import { contestRow } from "./contests.ts";
import { entriesAt } from "./entriesAt.ts";
import { BadParameterError, NotFoundError } from "./errors.ts";
import { windowOf } from "./figures.ts";

/** Solidity types of a leaf. Source: contracts/PROTOCOL.md, Snapshots. */
const LEAF_TYPES = ["address", "uint256", "uint96", "uint120", "uint256", "uint32", "uint8"];

type Snapshot = {
  readonly at: At;
  /** Null where the contest had no entry yet. */
  readonly root: Hex | null;
  readonly leaves: readonly SnapshotLeaf[];
};

type Proven = { readonly at: At; readonly root: Hex; readonly leaf: SnapshotLeaf; readonly proof: readonly Hex[] };

/**
 * Every entry ever submitted to a contest as it stood after a finalised block, and the root of the Merkle tree over them.
 * `block`: the newest finalised one where absent. Throws `BadParameterError` for a block that can still be taken back.
 */
export async function snapshotView(rows: Rows, contest: Hex, block: number | undefined): Promise<Snapshot> {
  const { at, leaves } = await takeSnapshot(rows, contest, block);
  return { at, root: leaves.length === 0 ? null : rootOf(treeOf(leaves)), leaves };
}

/** One leaf of the snapshot with its proof. Throws what `snapshotView` throws, and `NotFoundError`. */
export async function snapshotProofView(
  rows: Rows,
  contest: Hex,
  entryId: number,
  block: number | undefined,
): Promise<Proven> {
  const { at, leaves } = await takeSnapshot(rows, contest, block);
  const index = leaves.findIndex((leaf) => leaf.entryId === entryId);
  const leaf = leaves[index];
  if (leaf === undefined)
    throw new NotFoundError(`The contest ${contest} had no entry ${entryId} at block ${at.block.number}.`);
  const tree = treeOf(leaves);
  return { at, root: rootOf(tree), leaf, proof: tree.getProof(index) as Hex[] };
}

async function takeSnapshot(
  rows: Rows,
  address: Hex,
  block: number | undefined,
): Promise<Pick<Snapshot, "at" | "leaves">> {
  const contest = await contestRow(rows, address);
  const { finalized } = await standingOf(rows);
  if (block !== undefined && block > finalized)
    throw new BadParameterError("block", `it can still be taken back; the newest finalised one is ${finalized}`);
  const at = await pastOf(rows, block ?? finalized);
  const window = windowOf(contest.rules);
  const then = await entriesAt(rows, contest, at.block.number);
  const leaves = then.map((entry): SnapshotLeaf => {
    const { weight, acc, last, status } = entry;
    const accrued = accrue(
      { weight, acc, last: BigInt(last), status },
      BigInt(at.block.timestamp),
      window,
    ).acc.toString();
    return {
      entryId: entry.entryId,
      weight: weight.toString(),
      acc: accrued,
      support: entry.support.toString(),
      voters: entry.voters,
      status,
      leaf: [
        address,
        String(entry.entryId),
        weight.toString(),
        accrued,
        entry.support.toString(),
        String(entry.voters),
        String(ENTRY_STATUSES.indexOf(status)),
      ],
    };
  });
  return { at, leaves };
}

/** Trees made last, by their leaves: whoever asks for one proof asks for all. */
const trees = new Map<string, StandardMerkleTree<string[]>>();
const MOST_TREES = 4;

function treeOf(leaves: readonly SnapshotLeaf[]): StandardMerkleTree<string[]> {
  const values = leaves.map(({ leaf }) => [...leaf]);
  const said = JSON.stringify(values);
  const tree = trees.get(said) ?? StandardMerkleTree.of(values, LEAF_TYPES);
  trees.delete(said);
  trees.set(said, tree);
  for (const oldest of [...trees.keys()].slice(0, -MOST_TREES)) trees.delete(oldest);
  return tree;
}

function rootOf(tree: StandardMerkleTree<string[]>): Hex {
  return tree.root as Hex;
}
