import type { Hex } from "viem";
import type { At } from "#protocol/http.ts";
import type { NodeAttestationView, NodeView } from "#protocol/httpNodes.ts";
import type { AttestationRow, BlockOutcome, NodeRow } from "../project/tables.ts";
import { attestations, blockChallenges, entries, nodeKeys, nodes, slashings } from "../project/tables.ts";
import type { Rows } from "../store/rows.ts";
import { atOf, blockOf, standingOf } from "./blocks.ts";

type NodesQuery = { readonly contest?: Hex | undefined; readonly entry?: number | undefined };

/** Nodes in the order of their registration; with a contest or an entry, those that attested it. */
export async function nodesView(
  rows: Rows,
  query: NodesQuery,
): Promise<{ readonly at: At; readonly nodes: readonly NodeView[] }> {
  const minStake = BigInt((await standingOf(rows)).minStake);
  const all = await rows.select(nodes, `TRUE ORDER BY "registeredBlock", "node"`);
  const views = await Promise.all(all.map((row) => viewOf(rows, row, minStake)));
  const wanted = views.filter(
    ({ attestations: given }) => given.some((attestation) => asked(attestation, query)) || isOpen(query),
  );
  return { at: await atOf(rows), nodes: wanted };
}

async function viewOf(rows: Rows, row: NodeRow, minStake: bigint): Promise<NodeView> {
  const keys = await rows.select(nodeKeys, `"node" = ? ORDER BY "addedBlock", "addedLogIndex"`, row.node);
  const attested = await rows.select(
    attestations,
    `"node" = ? ORDER BY "contest", length("entryId"), "entryId"`,
    row.node,
  );
  const slashed = await rows.select(slashings, `"node" = ? ORDER BY "block", "logIndex"`, row.node);
  const open = await rows.select(
    blockChallenges,
    `"node" = ? AND "outcome" = 'open' ORDER BY "answerBy", "challengeId"`,
    row.node,
  );
  return {
    address: row.node,
    endpoint: row.endpoint,
    stake: row.stake.toString(),
    active: row.leavesAt === null && row.stake >= minStake,
    leavesAt: row.leavesAt,
    keys: keys.map(({ key }) => key),
    registeredAt: await blockOf(rows, row.registeredBlock),
    attestations: (await Promise.all(attested.map((attestation) => attestationView(rows, attestation)))).flat(),
    slashings: await Promise.all(
      slashed.map(async ({ contest, entryId, fault, evidence, bringer, amount, reward, block }) => ({
        ...{ contest, entryId, fault, evidence, bringer },
        amount: amount.toString(),
        reward: reward.toString(),
        block: await blockOf(rows, block),
      })),
    ),
    blockChallenges: await Promise.all(
      open.map(async ({ challengeId, contest, entryId, index, challenger, bond, answerBy, openedBlock }) => ({
        ...{ challengeId, contest, entryId, index, challenger, answerBy },
        bond: bond.toString(),
        openedAt: await blockOf(rows, openedBlock),
      })),
    ),
    blocksAnswered: await outcomes(rows, row.node, "answered"),
    blocksExpired: await outcomes(rows, row.node, "expired"),
  };
}

async function outcomes(rows: Rows, node: Hex, outcome: BlockOutcome): Promise<number> {
  return Number(
    (await rows.cell(`SELECT count(*) FROM "blockChallenges" WHERE "node" = ? AND "outcome" = ?`, node, outcome)) ?? 0,
  );
}

/** An attestation beside the entry it names; none for an entry that does not exist. */
async function attestationView(rows: Rows, row: AttestationRow): Promise<NodeAttestationView[]> {
  const entry = await rows.get(entries, [row.contest, row.entryId.length > 5 ? 0 : Number(row.entryId)]);
  if (entry === undefined) return [];
  const matches =
    entry.manifestHash === row.manifestHash &&
    entry.modelRoot === row.modelRoot &&
    entry.modelSha256 === row.modelSha256;
  const { contest, key, engine, epoch, block } = row;
  return [{ contest, entryId: entry.entryId, key, engine, epoch, matches, block: await blockOf(rows, block) }];
}

function isOpen({ contest, entry }: NodesQuery): boolean {
  return contest === undefined && entry === undefined;
}

function asked(attestation: NodeAttestationView, { contest, entry }: NodesQuery): boolean {
  return (
    (contest === undefined || attestation.contest === contest) && (entry === undefined || attestation.entryId === entry)
  );
}
