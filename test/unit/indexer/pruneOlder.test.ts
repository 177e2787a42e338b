import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { putRow } from "../../../indexer/store/backend.ts";
import { lockDatabase } from "../../../indexer/store/lockDatabase.ts";
import { openBackend } from "../../../indexer/store/openBackend.ts";
import { PROJECTION_VERSION } from "../../../indexer/store/projectionVersion.ts";
import { pruneOlder } from "../../../indexer/store/pruneOlder.ts";
import { writer } from "../../../indexer/store/tables.ts";
import { createStoreIn } from "./memoryStore.ts";

let folder: string;
let db: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "coindrop-prune-"));
  db = join(folder, "index.sqlite");
  for (const file of [db, `${db}.v1`]) {
    const older = new DatabaseSync(file);
    older.exec("CREATE TABLE t (a); PRAGMA user_version = 1;");
    older.close();
  }
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** This version's own file, complete at a block or not yet. */
async function own(completed: number | null): Promise<void> {
  const store = await createStoreIn(openBackend(db));
  await store.write(async () => [putRow(writer, { id: 1, head: 1, problem: null, saidAt: 0, completed })]);
  await store.close();
}

const left = () => [db, `${db}.v1`, `${db}.v${PROJECTION_VERSION}`].map((file) => existsSync(file));

test("what is older goes once this version is complete", async () => {
  await own(1);
  expect((await pruneOlder(db)).toSorted()).toEqual([db, `${db}.v1`]);
  expect(left()).toEqual([false, false, true]);
});

test("nothing goes while this version is built", async () => {
  await own(null);
  await expect(pruneOlder(db)).rejects.toThrow(/is not complete yet; what is older still answers[\s\S]*index\.sqlite/);
  expect(left()).toEqual([true, true, true]);
});

test("nothing goes while an indexer writes one of them", async () => {
  await own(1);
  const unlock = lockDatabase(`${db}.v1`);
  await expect(pruneOlder(db)).rejects.toThrow(/Another indexer is writing this database[\s\S]*\.v1/);
  expect(left()).toEqual([true, true, true]);
  unlock();
});
