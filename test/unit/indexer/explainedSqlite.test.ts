import { statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { RetryableError } from "#protocol/errors.ts";
import { DamagedDatabaseError, DatabaseError } from "../../../indexer/store/DatabaseError.ts";
import { explainedSqlite, isDamage } from "../../../indexer/store/explainedSqlite.ts";

/** As node:sqlite throws it. */
const failed = (errcode: number) => Object.assign(new Error("disk I/O error"), { errcode });
const path = join(tmpdir(), "index.sqlite");

describe("damage", () => {
  test.each([
    ["a file with wrong pages", failed(11)],
    ["a wrong index", failed(779)],
    ["no database at all", failed(26)],
    ["what the check found", new DamagedDatabaseError("row 3 missing from index")],
  ])("is %s", (_, error) => {
    expect(isDamage(error)).toBe(true);
  });

  test.each([
    ["a file out of reach", failed(14)],
    ["a disk without room", failed(13)],
    ["a failed write", failed(778)],
    ["another file in use", new DatabaseError("Another indexer is writing this database.")],
    ["a mistake of ours", new TypeError("undefined is not a function")],
  ])("is not %s", (_, error) => {
    expect(isDamage(error)).toBe(false);
  });
});

describe("a write that failed", () => {
  const words = (error: unknown) => [error instanceof RetryableError, (error as Error).message.split("\n")[0]];

  test.each([
    ["read-only", 8],
    ["input and output", 778],
  ])("names the file where the disk has room: %s", (_, code) => {
    expect(words(explainedSqlite(failed(code), path))).toEqual([false, "The database file cannot be written."]);
  });

  // A file system that never has room, on every Linux.
  const noRoom = "/proc/index.sqlite";
  const isWithoutRoom = () => {
    try {
      return statfsSync("/proc").bavail === 0;
    } catch {
      return false;
    }
  };

  test.skipIf(!isWithoutRoom()).each([
    ["read-only", 8],
    ["input and output", 778],
  ])("is a full disk where there is no room, and is waited out: %s", (_, code) => {
    expect(words(explainedSqlite(failed(code), noRoom))).toEqual([true, "There is no room left for the database."]);
  });

  test("is a full disk where SQLite says so", () => {
    expect(words(explainedSqlite(failed(13), path))).toEqual([true, "There is no room left for the database."]);
  });
});

test("what SQLite did not say is given back as it is", () => {
  const error = new TypeError("undefined is not a function");
  expect(explainedSqlite(error, path)).toBe(error);
});
