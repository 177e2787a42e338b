import type { Hex } from "viem";
import type { At } from "#protocol/http.ts";
import type { NodeAttestationView, NodeView } from "#protocol/httpNodes.ts";
import type { AttestationRow, BlockOutcome, NodeRow } from "../project/tables.ts";
import { attestations, blockChallenges, entries, nodeKeys, nodes, slashings } from "../project/tables.ts";
import type { Rows } from "../store/rows.ts";
import { atOf, blockOf, standingOf } from "./blocks.ts";

type NodesQuery = { readonly contest?: Hex | undefined; readonly entry?: number | undefined };

/** Nodes in the order of their registration; with a contest or an entry, those that attested it. */
export function nodesView(rows: Rows, query: NodesQuery): { readonly at: At; readonly nodes: readonly NodeView[] } {
  const minStake = BigInt(standingOf(rows).minStake);
  const found = rows
    .select(nodes, `TRUE ORDER BY "registeredBlock", "node"`)
    .map((row) => viewOf(rows, row, minStake))
    .filter(({ attestations: given }) => given.some((attestation) => asked(attestation, query)) || isOpen(query));
  return { at: atOf(rows), nodes: found };
}

function viewOf(rows: Rows, row: NodeRow, minStake: bigint): NodeView {
  return {
    address: row.node,
    endpoint: row.endpoint,
    stake: row.stake.toString(),
    active: row.leavesAt === null && row.stake >= minStake,
    leavesAt: row.leavesAt,
    keys: rows.select(nodeKeys, `"node" = ? ORDER BY "addedBlock", "addedLogIndex"`, row.node).map(({ key }) => key),
    registeredAt: blockOf(rows, row.registeredBlock),
    attestations: rows
      .select(attestations, `"node" = ? ORDER BY "contest", length("entryId"), "entryId"`, row.node)
      .flatMap((attestation) => attestationView(rows, attestation)),
    slashings: rows
      .select(slashings, `"node" = ? ORDER BY "block", "logIndex"`, row.node)
      .map(({ contest, entryId, fault, evidence, bringer, amount, reward, block }) => ({
        ...{ contest, entryId, fault, evidence, bringer },
        amount: amount.toString(),
        reward: reward.toString(),
        block: blockOf(rows, block),
      })),
    blockChallenges: rows
      .select(blockChallenges, `"node" = ? AND "outcome" = 'open' ORDER BY "answerBy", "challengeId"`, row.node)
      .map(({ challengeId, contest, entryId, index, challenger, bond, answerBy, openedBlock }) => ({
        ...{ challengeId, contest, entryId, index, challenger, answerBy },
        bond: bond.toString(),
        openedAt: blockOf(rows, openedBlock),
      })),
    blocksAnswered: outcomes(rows, row.node, "answered"),
    blocksExpired: outcomes(rows, row.node, "expired"),
  };
}

function outcomes(rows: Rows, node: Hex, outcome: BlockOutcome): number {
  return Number(
    rows.cell(`SELECT count(*) FROM "blockChallenges" WHERE "node" = ? AND "outcome" = ?`, node, outcome) ?? 0,
  );
}

/** An attestation beside the entry it names; none for an entry that does not exist. */
function attestationView(rows: Rows, row: AttestationRow): NodeAttestationView[] {
  const entry = rows.get(entries, [row.contest, row.entryId.length > 5 ? 0 : Number(row.entryId)]);
  if (entry === undefined) return [];
  const matches =
    entry.manifestHash === row.manifestHash &&
    entry.modelRoot === row.modelRoot &&
    entry.modelSha256 === row.modelSha256;
  const { contest, key, engine, epoch, block } = row;
  return [{ contest, entryId: entry.entryId, key, engine, epoch, matches, block: blockOf(rows, block) }];
}

function isOpen({ contest, entry }: NodesQuery): boolean {
  return contest === undefined && entry === undefined;
}

function asked(attestation: NodeAttestationView, { contest, entry }: NodesQuery): boolean {
  return (
    (contest === undefined || attestation.contest === contest) && (entry === undefined || attestation.entryId === entry)
  );
}
