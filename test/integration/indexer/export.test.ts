import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parseEther } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ExportFormat } from "../../../indexer/export/exportTables.ts";
import { exportTables } from "../../../indexer/export/exportTables.ts";
import type { Indexer } from "../../../indexer/serve.ts";
import { startPostgres } from "../../support/postgres.ts";
import { runScript } from "../../support/runScript.ts";
import type { IndexerLab } from "./indexerLab.ts";
import { createIndexerLab, indexed } from "./indexerLab.ts";

describe("an export", () => {
  const folder = mkdtempSync(join(tmpdir(), "coindrop-export-"));
  let lab: IndexerLab;
  let indexer: Indexer;

  beforeAll(async () => {
    lab = await createIndexerLab();
    await lab.drop(lab.alice, 1, parseEther("5"));
    await lab.drop(lab.bob, 2, parseEther("123456789.000000000000000001") % parseEther("20"));
    indexer = await lab.serve();
    await indexed(indexer.url, lab.headNumber);
  });
  afterAll(async () => {
    await indexer?.close();
    await lab?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const write = (format: ExportFormat, out: string, db = lab.options.file) =>
    exportTables(db, join(folder, out), format);

  test("as SQLite holds exact amounts and says what every column is, while the indexer runs", async () => {
    const args = ["export", "--db", lab.options.file, "--out", join(folder, "one"), "--json"];
    const { code, output } = await runScript("indexer/main.ts", args);
    expect([code, JSON.parse(output)]).toMatchObject([0, { block: await lab.headNumber() }]);
    const database = new DatabaseSync(join(folder, "one", "coindrop.sqlite"), { readOnly: true });
    const rows = database.prepare(`SELECT "entryId", "stake" FROM "stakes" ORDER BY "entryId"`).all();
    expect(rows.map((row) => ({ ...row }))).toEqual([
      { entryId: 1, stake: "5000000000000000000" },
      { entryId: 2, stake: "9000000000000000001" },
    ]);
    const named = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
    database.close();
    const metadata = JSON.parse(readFileSync(join(folder, "one", "metadata.json"), "utf8"));
    const { tables } = metadata.databases.coindrop;
    expect(Object.keys(tables).toSorted()).toEqual(named.map(({ name }) => name).toSorted());
    expect(tables.entries).toMatchObject({ title: "Entries", units: { modelSize: "byte", last: "second" } });
    expect(metadata.description).toContain(`after block ${await lab.headNumber()}`);
  });

  test("as CSV and as JSON lines holds the same rows", async () => {
    await write("csv", "two");
    await write("jsonl", "three");
    const read = (file: string) => readFileSync(join(folder, file), "utf8").trimEnd().split("\n");
    const [head, ...lines] = read("two/stakes.csv");
    expect(head).toBe("contest,voter,entryId,stake,weight,changedBlock");
    const records = read("three/stakes.jsonl").map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toEqual(records.map((record) => Object.values(record).join(",")));
    expect(records).toHaveLength(2);
    expect(readdirSync(join(folder, "two")).length).toBe(readdirSync(join(folder, "three")).length);
  });

  test("out of a Postgres holds the same rows as out of a file", async () => {
    const postgres = await startPostgres();
    const other = await lab.serve({ file: postgres.url });
    try {
      await indexed(other.url, lab.headNumber);
      // By pages of two rows, which most tables have more of.
      await exportTables(postgres.url, join(folder, "five"), "jsonl", 2);
      await write("jsonl", "six");
      for (const file of readdirSync(join(folder, "six"))) {
        const [theirs, ours] = ["five", "six"].map((place) => readFileSync(join(folder, place, file), "utf8"));
        expect(theirs, file).toBe(ours);
      }
    } finally {
      await other.close();
      await postgres.close();
      rmSync(join(folder, "five"), { recursive: true });
      rmSync(join(folder, "six"), { recursive: true });
    }
  });

  test("is refused where it would write over something, or where there is nothing to read", async () => {
    await expect(write("sqlite", "one")).rejects.toThrow("exists already");
    writeFileSync(join(folder, "noise"), "noise");
    await expect(write("sqlite", "four", join(folder, "noise"))).rejects.toThrow("is no database of the indexer");
    expect(readdirSync(folder).toSorted()).toEqual(["noise", "one", "three", "two"]);
  });
});
