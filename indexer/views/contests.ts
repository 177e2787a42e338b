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
export function contestRow(rows: Rows, contest: Hex): ContestRow {
  const row = rows.get(contests, [contest]);
  if (row === undefined) throw new NotFoundError(`No contest of this factory is at ${contest}.`);
  return row;
}

/** Every contest, newest first. */
export function contestsView(rows: Rows): { readonly at: At; readonly contests: readonly ContestView[] } {
  const at = atOf(rows);
  const found = rows.select(contests, `TRUE ORDER BY "createdBlock" DESC, "createdLogIndex" DESC`);
  return { at, contests: found.map((row) => viewOf(rows, at, row)) };
}

export function contestView(rows: Rows, contest: Hex): { readonly at: At; readonly contest: ContestView } {
  const at = atOf(rows);
  return { at, contest: viewOf(rows, at, contestRow(rows, contest)) };
}

function viewOf(rows: Rows, at: At, row: ContestRow): ContestView {
  const { rules, finalBlock, finalRanks } = row;
  const isFinal = finalBlock !== null && finalRanks !== null;
  return {
    address: row.contest,
    creator: row.creator,
    createdAt: blockOf(rows, row.createdBlock),
    rules,
    coin: tokenView(rows, rules.coin),
    prizeToken: tokenView(rows, rules.prizeToken),
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
          block: blockOf(rows, finalBlock),
        }
      : null,
    claims: rows
      .select(claims, `"contest" = ? ORDER BY "rank"`, row.contest)
      .map(({ rank, entryId, to, amount }) => ({ rank, entryId, to, amount: amount.toString() })),
  };
}

function tokenView(rows: Rows, address: Hex) {
  const token = rows.get(tokens, [address]);
  if (token === undefined) throw new Error(`token ${address} is missing in the database`);
  return token;
}
