import type { Hex } from "viem";
import type { At, ContestView } from "#protocol/http.ts";
import { phaseAt } from "#protocol/rules.ts";
import type { ContestRow } from "../project/tables.ts";
import { claims, contests } from "../project/tables.ts";
import type { Rows } from "../store/rows.ts";
import { tokens } from "../store/tables.ts";
import { atOf, blockOf } from "./blocks.ts";
import { NotFoundError } from "./errors.ts";

/** A contest's row. Throws `NotFoundError` for an address that is none of the factory's contests. */
export async function contestRow(rows: Rows, contest: Hex): Promise<ContestRow> {
  const row = await rows.get(contests, [contest]);
  if (row === undefined) throw new NotFoundError(`No contest of this factory is at ${contest}.`);
  return row;
}

/** Every contest, newest first. */
export async function contestsView(
  rows: Rows,
): Promise<{ readonly at: At; readonly contests: readonly ContestView[] }> {
  const at = await atOf(rows);
  const found = await rows.select(contests, `TRUE ORDER BY "createdBlock" DESC, "createdLogIndex" DESC`);
  return { at, contests: await Promise.all(found.map((row) => viewOf(rows, at, row))) };
}

export async function contestView(
  rows: Rows,
  contest: Hex,
): Promise<{ readonly at: At; readonly contest: ContestView }> {
  const at = await atOf(rows);
  return { at, contest: await viewOf(rows, at, await contestRow(rows, contest)) };
}

async function viewOf(rows: Rows, at: At, row: ContestRow): Promise<ContestView> {
  const { rules, finalBlock, finalRanks } = row;
  const isFinal = finalBlock !== null && finalRanks !== null;
  const claimed = await rows.select(claims, `"contest" = ? ORDER BY "rank"`, row.contest);
  return {
    address: row.contest,
    creator: row.creator,
    createdAt: await blockOf(rows, row.createdBlock),
    rules,
    coin: await tokenView(rows, rules.coin),
    prizeToken: await tokenView(rows, rules.prizeToken),
    phase: phaseAt(rules, at.block.timestamp, isFinal),
    entryCount: row.entryCount,
    liveCount: row.liveCount,
    voters: row.voters,
    pot: row.pot.toString(),
    counted: row.counted,
    result: isFinal
      ? {
          entryIds: [...finalRanks],
          pot: row.pot.toString(),
          unheld: row.unheld.toString(),
          block: await blockOf(rows, finalBlock),
        }
      : null,
    claims: claimed.map(({ rank, entryId, to, amount }) => ({ rank, entryId, to, amount: amount.toString() })),
  };
}

async function tokenView(rows: Rows, address: Hex) {
  const token = await rows.get(tokens, [address]);
  if (token === undefined) throw new Error(`token ${address} is missing in the database`);
  return token;
}
