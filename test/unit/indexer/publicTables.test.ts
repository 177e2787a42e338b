import { expect, test } from "vitest";
import { publicTables } from "../../../indexer/export/publicTables.ts";
import { foldTables } from "../../../indexer/project/tables.ts";

test.each(publicTables.map((each) => [each.table.name, each] as const))(
  "every column of %s is put into words, and none that it does not have",
  (_name, { table, columns }) => {
    expect(Object.keys(columns).toSorted()).toEqual(table.columns.toSorted());
    for (const { words } of Object.values(columns)) expect(words).toMatch(/^[^\s].{5,}\.$/);
  },
);

test("everything that the fold writes is exported", () => {
  const exported = new Set(publicTables.map(({ table }) => table.name));
  expect(foldTables.filter(({ name }) => !exported.has(name)).map(({ name }) => name)).toEqual([]);
});
