import type { Hex } from "viem";
import type { ChallengeView } from "#protocol/http.ts";
import type { ChallengeRow, ContestRow } from "../project/tables.ts";
import { challenges, evidence } from "../project/tables.ts";
import type { Rows } from "../store/rows.ts";
import { blockOf } from "./blocks.ts";

/** Evidence that is listed of one challenge: anyone may add to it, and nobody shall swell every answer. */
const MOST_EVIDENCE = 50;

/** A contest's challenges by entry id, each entry's oldest first. */
export async function challengesOf(
  rows: Rows,
  { contest, rules }: ContestRow,
): Promise<ReadonlyMap<number, ChallengeView[]>> {
  const byEntry = new Map<number, ChallengeView[]>();
  for (const row of await rows.select(challenges, `"contest" = ? ORDER BY "openedBlock", "challengeId"`, contest)) {
    const views = byEntry.get(row.entryId) ?? [];
    views.push(await viewOf(rows, row, rules.rulingTimeout));
    byEntry.set(row.entryId, views);
  }
  return byEntry;
}

async function viewOf(rows: Rows, row: ChallengeRow, rulingTimeout: number): Promise<ChallengeView> {
  const { contest, challengeId, challenger, disputeId, evidenceURI, ruling, lapsed, closedBlock } = row;
  const openedAt = await blockOf(rows, row.openedBlock);
  return {
    challengeId,
    challenger,
    disputeId: disputeId.toString(),
    evidenceURI,
    openedAt,
    due: openedAt.timestamp + rulingTimeout,
    ...(await evidenceOn(rows, contest, challengeId)),
    closed:
      ruling === null || closedBlock === null
        ? null
        : { ruling, lapsed: lapsed === 1, block: await blockOf(rows, closedBlock) },
  };
}

async function evidenceOn(rows: Rows, contest: Hex, challengeId: number) {
  const first = await rows.select(
    evidence,
    `"contest" = ? AND "challengeId" = ? ORDER BY "block", "logIndex" LIMIT ?`,
    contest,
    challengeId,
    MOST_EVIDENCE,
  );
  return {
    evidence: await Promise.all(
      first.map(async ({ party, evidenceURI, block }) => ({ party, evidenceURI, block: await blockOf(rows, block) })),
    ),
    evidenceCount: Number(
      await rows.cell(
        `SELECT count(*) FROM "evidence" WHERE "contest" = ? AND "challengeId" = ?`,
        contest,
        challengeId,
      ),
    ),
  };
}
