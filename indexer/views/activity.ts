import type { Hex } from "viem";
import type { Activity, At, Block } from "#protocol/http.ts";
import type { ActivityRow } from "../project/tables.ts";
import { activity } from "../project/tables.ts";
import type { Cell } from "../store/column.ts";
import type { Rows } from "../store/rows.ts";
import { atOf, blockOf } from "./blocks.ts";
import { contestRow } from "./contests.ts";
import { BadParameterError } from "./errors.ts";

/** One thing that happened, as it is served. */
export function activityOf(row: ActivityRow, block: Block): Activity {
  const base = { block, logIndex: row.logIndex, transaction: row.transaction };
  switch (row.kind) {
    case "submitted":
      return { ...base, kind: row.kind, entryId: given(row.entryId), account: given(row.account) };
    case "retracted":
      return { ...base, kind: row.kind, entryId: given(row.entryId) };
    case "challenged":
    case "evidence":
      return {
        ...base,
        kind: row.kind,
        entryId: given(row.entryId),
        account: given(row.account),
        challengeId: given(row.number),
        evidenceURI: given(row.evidenceURI),
      };
    case "ruled":
      return {
        ...base,
        kind: row.kind,
        entryId: given(row.entryId),
        challengeId: given(row.number),
        ruling: given(row.ruling),
        lapsed: given(row.lapsed) === 1,
      };
    case "bound":
      return { ...base, kind: row.kind, account: given(row.account) };
    case "dropped":
    case "withdrew":
    case "reweighed":
      return {
        ...base,
        kind: row.kind,
        entryId: given(row.entryId),
        account: given(row.account),
        amount: given(row.amount).toString(),
        stake: given(row.stake).toString(),
        weight: given(row.weight).toString(),
      };
    case "funded":
      return { ...base, kind: row.kind, account: given(row.account), amount: given(row.amount).toString() };
    case "counted":
      return { ...base, kind: row.kind, upTo: given(row.number) };
    case "finalized":
      return { ...base, kind: row.kind };
    case "claimed":
      return {
        ...base,
        kind: row.kind,
        entryId: given(row.entryId),
        rank: given(row.number),
        account: given(row.account),
        amount: given(row.amount).toString(),
      };
  }
}

type ActivityQuery = {
  readonly limit: number;
  readonly before?: string | undefined;
  readonly entry?: number | undefined;
  readonly account?: Hex | undefined;
};

type ActivityPage = { readonly at: At; readonly items: readonly Activity[]; readonly next: string | null };

/** What happened in a contest, newest first. Pages stay stable while new things happen. */
export async function activityView(rows: Rows, contest: Hex, query: ActivityQuery): Promise<ActivityPage> {
  await contestRow(rows, contest);
  const conditions = [`"contest" = ?`];
  const parameters: Cell[] = [contest];
  if (query.entry !== undefined) {
    conditions.push(`"entryId" = ?`);
    parameters.push(query.entry);
  }
  if (query.account !== undefined) {
    conditions.push(`"account" = ?`);
    parameters.push(query.account);
  }
  if (query.before !== undefined) {
    conditions.push(`("block", "logIndex") < (?, ?)`);
    parameters.push(...placeOf(query.before));
  }
  const where = `${conditions.join(" AND ")} ORDER BY "block" DESC, "logIndex" DESC LIMIT ?`;
  const found = await rows.select(activity, where, ...parameters, query.limit + 1);
  const page = found.slice(0, query.limit);
  const last = page.at(-1);
  return {
    at: await atOf(rows),
    items: await Promise.all(page.map(async (row) => activityOf(row, await blockOf(rows, row.block)))),
    next: found.length > page.length && last !== undefined ? `${last.block}-${last.logIndex}` : null,
  };
}

function placeOf(before: string): [number, number] {
  const [, block, logIndex] = /^(\d{1,15})-(\d{1,9})$/.exec(before) ?? [];
  if (block === undefined || logIndex === undefined) {
    throw new BadParameterError("before", 'expected the value of "next" of the page before');
  }
  return [Number(block), Number(logIndex)];
}

function given<T>(value: T | null): T {
  if (value === null) throw new Error("a row of the table activity is incomplete");
  return value;
}
