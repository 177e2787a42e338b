import { mkdirSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Address } from "viem";
import { BaseError, shortMessageOf } from "#protocol/errors.ts";

/**
 * `orders`: what was accepted, and what became of it. `flights`: transactions that are on their way, or in a block that
 * is not deep yet. `attempts`: what voters were given, by which their limits are counted; no row of it is ever taken
 * back, whatever becomes of an order. `spent`: what was paid, in whole gwei, rounded up.
 */
const SCHEMA = `
  CREATE TABLE orders (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    digest TEXT NOT NULL UNIQUE,
    contest TEXT NOT NULL, voter TEXT NOT NULL, entry TEXT NOT NULL, nonce INTEGER NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    accepted INTEGER NOT NULL,
    since INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    permitted INTEGER NOT NULL DEFAULT 0,
    hash TEXT, block INTEGER, reason TEXT
  ) STRICT;
  CREATE INDEX by_state ON orders (state, contest, sequence);
  CREATE UNIQUE INDEX one_per_nonce ON orders (contest, voter, entry, nonce) WHERE state IN ('waiting', 'sent');
  CREATE TABLE attempts (at INTEGER NOT NULL, voter TEXT NOT NULL, what TEXT NOT NULL) STRICT;
  CREATE INDEX by_voter ON attempts (voter, at);
  CREATE TABLE flights (first TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
  CREATE TABLE spent (
    at INTEGER NOT NULL, contest TEXT NOT NULL, gas INTEGER NOT NULL, gwei INTEGER NOT NULL, orders INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX by_time ON spent (at);
  CREATE TABLE owner (chain INTEGER NOT NULL, account TEXT NOT NULL) STRICT;
`;
const VERSION = 2;

/** Whose state it is: orders wait for one chain, and the transaction on its way has a nonce of one account. */
export type StateOwner = { readonly chainId: number; readonly account: Address };

/**
 * Opens the file that a relay's state lies in, or makes it. One process may have it open at a time; the system frees it
 * when that process dies, however it dies. Throws a `BaseError` where it is taken, another's, or of another version.
 */
export function openStateFile(file: string, owner: StateOwner): DatabaseSync {
  const database = open(file);
  claim(database, file, owner);
  return database;
}

function open(file: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
    database = new DatabaseSync(file);
    // Exclusive: held from the first write until the process ends. Full: what was accepted outlives a power cut.
    database.exec("PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL;");
    database.exec("BEGIN EXCLUSIVE");
    const version = database.prepare("PRAGMA user_version").get()?.["user_version"];
    if (version === 0) database.exec(`${SCHEMA} PRAGMA user_version = ${VERSION};`);
    else if (version !== VERSION) throw new BaseError(`The relay's state is of another version (${version}).`);
    database.exec("COMMIT");
    return database;
  } catch (error) {
    database?.close();
    const isTaken = /locked|busy/i.test(shortMessageOf(error));
    throw new BaseError(isTaken ? "Another relay is working with this state." : "The relay's state cannot be opened.", {
      metaMessages: [
        `file: ${file}`,
        isTaken ? "stop the other one, or name another file with --state" : `reason: ${shortMessageOf(error)}`,
      ],
      cause: error,
    });
  }
}

function claim(database: DatabaseSync, file: string, { chainId, account }: StateOwner): void {
  const row = database.prepare("SELECT chain, account FROM owner").get();
  if (row === undefined) {
    database.prepare("INSERT INTO owner VALUES (?, ?)").run(chainId, account.toLowerCase());
    return;
  }
  if (row["chain"] === chainId && row["account"] === account.toLowerCase()) return;
  database.close();
  throw new BaseError("This state belongs to another chain or another account.", {
    metaMessages: [
      `file: ${file}`,
      `made for: ${row["account"]} on chain ${row["chain"]}`,
      `now: ${account.toLowerCase()} on chain ${chainId}`,
      "name another file with --state",
    ],
  });
}
