import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RetryableError } from "#protocol/errors.ts";
import { openDatabase } from "../../../indexer/store/openDatabase.ts";
import { PROJECTION_VERSION } from "../../../indexer/store/projectionVersion.ts";
import { createSqliteBackend } from "../../../indexer/store/sqliteBackend.ts";
import { CONTEST, contestCreated, createStoreIn, FACTORY, headerOf, placed, submitted, TOKENS } from "./memoryStore.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "coindrop-store-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A block with a contest and many entries. */
function manyEntries() {
  const header = headerOf(1, 100);
  const entries = Array.from({ length: 100 }, (_, id) => placed(header, id + 1, CONTEST, submitted(id + 1)));
  const events = [placed(header, 0, FACTORY, contestCreated()), ...entries];
  return { headers: [header], events, finalized: 0, tokens: TOKENS };
}

describe("a database file that cannot be used as it is", () => {
  test("without room keeps what it has, and goes on where it was once there is room", async () => {
    const open = openDatabase(join(folder, "full.sqlite"));
    const store = await createStoreIn(createSqliteBackend(open));
    const pages = Number(open.database.prepare("PRAGMA page_count").get()?.["page_count"]);
    open.database.exec(`PRAGMA max_page_count = ${pages}`);
    const failed = store.commit(manyEntries());
    await expect(failed).rejects.toThrow("There is no room left for the database.");
    await expect(failed).rejects.toBeInstanceOf(RetryableError);
    expect((await store.standing())?.block).toBe(0);
    open.database.exec("PRAGMA max_page_count = 1000000");
    await store.commit(manyEntries());
    expect((await store.standing())?.block).toBe(1);
    await store.close();
  });

  test("that cannot be written any more is named", async () => {
    const open = openDatabase(join(folder, "still.sqlite"));
    const store = await createStoreIn(createSqliteBackend(open));
    open.database.exec("PRAGMA query_only = ON");
    await expect(store.commit(manyEntries())).rejects.toThrow(/cannot be written[\s\S]*still\.sqlite/);
    await store.close();
  });

  test("for another reason than damage is not put aside, whatever is asked", () => {
    const file = join(folder, "folder.sqlite");
    mkdirSync(file);
    expect(() => openDatabase(file, { resync: true })).toThrow(/cannot be read at this moment[\s\S]*folder\.sqlite/);
    expect(readdirSync(folder).filter((name) => name.includes("damaged"))).toEqual([]);
  });

  test("of another version is left as it is, and this version keeps its own beside it", async () => {
    const file = join(folder, "index.sqlite");
    const old = new DatabaseSync(file);
    old.exec("CREATE TABLE t (a); INSERT INTO t VALUES (1); PRAGMA user_version = 1;");
    old.close();
    const before = readFileSync(file);
    for (const round of [0, 1]) {
      const open = openDatabase(file);
      expect(open.path).toBe(`${file}.v${PROJECTION_VERSION}`);
      if (round === 0) await (await createStoreIn(createSqliteBackend(open))).close();
      else open.close();
    }
    expect(readFileSync(file)).toEqual(before);
  });
});
