import { expect, test } from "vitest";
import { contests } from "../../../indexer/project/tables.ts";
import { createRows } from "../../../indexer/store/rows.ts";
import { entriesAt, potAt } from "../../../indexer/views/entriesAt.ts";
import { CONTEST, contestCreated, createMemoryStore, FACTORY, headerOf, placed, TOKENS } from "./memoryStore.ts";

test("an old state is found without looking at every stake of the contest", async () => {
  const store = await createMemoryStore();
  const header = headerOf(1, 100);
  const events = [placed(header, 0, FACTORY, contestCreated())];
  await store.commit({ headers: [header], events, finalized: 0, tokens: TOKENS });
  const plans = await store.read(async (rows) => {
    const contest = await rows.get(contests, [CONTEST]);
    if (contest === undefined) throw new Error("the contest is missing");
    const found: string[] = [];
    const explained = createRows(async (sql, parameters) => {
      if (sql.includes('"activity"'))
        found.push((await rows.list(`EXPLAIN QUERY PLAN ${sql}`, ...parameters)).join(" "));
      return rows.list(sql, ...parameters);
    });
    await entriesAt(explained, contest, 1);
    await potAt(explained, contest, 1);
    return found;
  });
  expect(plans).toHaveLength(3);
  for (const plan of plans) {
    expect(plan).toContain("activity_contest_entryId_block_logIndex (contest=? AND entryId=? AND block<?)");
    expect(plan).not.toContain("SCAN");
  }
  await store.close();
});
