import type { EntryStatus } from "#protocol/rules.ts";
import type { ContestRow, EntryRow } from "../project/tables.ts";
import { activity, challenges, entries } from "../project/tables.ts";
import type { Rows } from "../store/rows.ts";
import { talliesAt } from "./tallies.ts";

/** What can change of an entry, as it stood after a block. */
export type EntryAt = Pick<EntryRow, "entryId" | "author" | "manifestHash"> &
  Pick<EntryRow, "weight" | "acc" | "last" | "support" | "staked" | "voters"> & { readonly status: EntryStatus };

const UNTOUCHED = { weight: 0n, acc: 0n, last: 0, support: 0n, staked: 0n, voters: 0 };

/** Every entry that was submitted by a block, by id, as it stood after it. */
export async function entriesAt(rows: Rows, { contest }: ContestRow, block: number): Promise<EntryAt[]> {
  const open = await rows.select(
    challenges,
    `"contest" = ? AND "openedBlock" <= ? AND ("closedBlock" IS NULL OR "closedBlock" > ?)`,
    contest,
    block,
    block,
  );
  const challenged = new Set(open.map(({ entryId }) => entryId));
  // By entry, since nearly all that happens in a contest are stakes. Whoever retracted once stays so.
  const takenBack = await rows.select(
    activity,
    `"contest" = ? AND "entryId" IN (SELECT "entryId" FROM "entries" WHERE "contest" = ? AND "status" = 'retracted')
     AND "block" <= ? AND "kind" = 'retracted'`,
    contest,
    contest,
    block,
  );
  const retracted = new Set(takenBack.map(({ entryId }) => entryId));
  const submitted = await rows.select(
    entries,
    `"contest" = ? AND "submittedBlock" <= ? ORDER BY "entryId"`,
    contest,
    block,
  );
  const talliesThen = await talliesAt(rows, contest, block);
  return submitted.map(({ entryId, author, manifestHash, removedBlock }) => {
    const { weight, acc, last, support, staked, voters } = talliesThen.get(entryId) ?? UNTOUCHED;
    const isRemoved = removedBlock !== null && removedBlock <= block;
    const status = isRemoved
      ? "removed"
      : retracted.has(entryId)
        ? "retracted"
        : challenged.has(entryId)
          ? "challenged"
          : "live";
    return { entryId, author, manifestHash, status, weight, acc, last, support, staked, voters };
  });
}

/** Wei in a contest's pot after a block. */
export async function potAt(rows: Rows, { contest }: ContestRow, block: number): Promise<bigint> {
  // What is of no entry is looked through, and no stake.
  const funds = `"contest" = ? AND "entryId" IS NULL AND "block" <= ? AND "kind" = 'funded'`;
  const funded = await rows.select(activity, funds, contest, block);
  return funded.reduce((sum, { amount }) => sum + (amount ?? 0n), 0n);
}
