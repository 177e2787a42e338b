import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { BaseError, shortMessageOf } from "#protocol/errors.ts";
import type { Journal } from "./journal.ts";
import { createJournal, journalTable } from "./journal.ts";
import type { KnownEntries } from "./knownEntries.ts";
import { createKnownEntries, knownTable } from "./knownEntries.ts";

/** A state folder that cannot be used, and why. */
export class StateFolderError extends BaseError {
  override readonly name = "StateFolderError";
}

/** What a node must not forget, in one file that one process holds at a time. */
export type NodeState = {
  /** What was signed on one chain for one registry. `scope`: any text that tells them apart. */
  readonly journal: (scope: string) => Journal;
  /** What the chain said last. `owner`: any text that tells nodes and registries apart. */
  readonly known: (owner: string) => KnownEntries;
  readonly close: () => void;
};

/** SQLite's codes for a file that another process holds. Source: https://sqlite.org/rescode.html */
const taken = new Set([5, 6]);

/**
 * Opens a node's state folder and holds it until the process ends, however it ends: the lock is the operating system's.
 *
 * Throws `StateFolderError` when another process holds it, or when it cannot be read.
 */
export function openState(folder: string): NodeState {
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(folder, { recursive: true });
    database = new DatabaseSync(join(folder, "node.sqlite"));
    database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL;");
    database.exec(`BEGIN EXCLUSIVE; ${journalTable}; ${knownTable}; COMMIT;`);
  } catch (error) {
    database?.close();
    if (taken.has((error as { errcode?: number }).errcode ?? 0)) {
      throw new StateFolderError("Another process uses this node's state folder.", {
        metaMessages: [
          `folder: ${folder}`,
          "Two nodes with one key would both sign and both pay. Stop the other, or name another folder with --state.",
        ],
        cause: error,
      });
    }
    throw new StateFolderError("This node's state folder cannot be used.", {
      metaMessages: [
        `folder: ${folder}`,
        `reason: ${shortMessageOf(error)}`,
        "Restore it, or name another with --state.",
      ],
      cause: error,
    });
  }
  const opened = database;
  return {
    journal: (scope) => createJournal(opened, scope),
    known: (owner) => createKnownEntries(opened, owner),
    close: () => opened.close(),
  };
}
