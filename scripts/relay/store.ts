import { mkdirSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Address, Hex } from "viem";
import { z } from "zod";
import { BaseError, shortMessageOf } from "#protocol/errors.ts";
import { addressSchema, bytes32Schema, hexSchema } from "#protocol/primitives.ts";
import type { RelayReason } from "#protocol/relay.ts";
import { RELAY_STATES, relayReasonSchema, signedOrderSchema } from "#protocol/relay.ts";

const SCHEMA = `
  CREATE TABLE orders (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    digest TEXT NOT NULL UNIQUE,
    contest TEXT NOT NULL, voter TEXT NOT NULL, entry TEXT NOT NULL, nonce INTEGER NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    accepted INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    permitted INTEGER NOT NULL DEFAULT 0,
    hash TEXT, block INTEGER, reason TEXT
  ) STRICT;
  CREATE INDEX by_state ON orders (state, sequence);
  CREATE INDEX by_voter ON orders (voter, accepted);
  CREATE UNIQUE INDEX one_per_nonce ON orders (contest, voter, entry, nonce) WHERE state IN ('waiting', 'sent');
  CREATE TABLE flight (only_one INTEGER PRIMARY KEY CHECK (only_one = 1), body TEXT NOT NULL) STRICT;
  CREATE TABLE spent (at INTEGER NOT NULL, gas INTEGER NOT NULL, orders INTEGER NOT NULL) STRICT;
  CREATE TABLE owner (chain INTEGER NOT NULL, account TEXT NOT NULL) STRICT;
`;
const VERSION = 1;

const orderRow = z
  .object({
    digest: bytes32Schema,
    body: z.string().transform((text) => signedOrderSchema.parse(JSON.parse(text))),
    state: z.enum(RELAY_STATES),
    accepted: z.int(),
    failures: z.int(),
    permitted: z.int().transform(Boolean),
    hash: bytes32Schema.nullable(),
    block: z.int().nullable(),
    reason: z
      .string()
      .nullable()
      .transform((text) => (text === null ? null : relayReasonSchema.parse(JSON.parse(text)))),
  })
  .transform(({ body, ...row }) => ({ ...row, order: body }));

/** An order as the relay keeps it. `failures`: whole batches with it that failed. `permitted`: its permit was sent. */
export type KeptOrder = z.infer<typeof orderRow>;

const wei = z.string().transform(BigInt);
const flightBody = z.object({
  kind: z.enum(["carry", "permit"]),
  nonce: z.int(),
  to: addressSchema,
  data: hexSchema,
  gas: wei,
  maxFee: wei,
  tip: wei,
  /** Every version of it that was signed, newest last. */
  hashes: z.array(bytes32Schema),
  raw: hexSchema,
  sentAt: z.int(),
  digests: z.array(bytes32Schema),
});

/** The transaction on its way, written down before it is sent. There is never a second one. */
export type Flight = z.infer<typeof flightBody>;

export type Store = ReturnType<typeof openStore>;

/**
 * What the relay must not forget: accepted orders, the transaction on its way, gas spent. Kept in one SQLite file that
 * one process may open at a time; the system frees it when that process dies, however it dies.
 */
export function openStore(file: string, owner: { readonly chainId: number; readonly account: Address }) {
  const database = open(file);
  claim(database, file, owner);
  const all = (sql: string, ...values: (string | number)[]) => database.prepare(sql).all(...values);
  const run = (sql: string, ...values: (string | number | null)[]) => database.prepare(sql).run(...values);
  const count = (sql: string, ...values: (string | number)[]) =>
    z.object({ n: z.int().nullable() }).parse(database.prepare(sql).get(...values)).n ?? 0;
  const orders = (sql: string, ...values: (string | number)[]) => z.array(orderRow).parse(all(sql, ...values));

  function together<T>(work: () => T): T {
    database.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      database.exec("COMMIT");
      return result;
    } catch (error) {
      database.exec("ROLLBACK");
      throw error;
    }
  }

  const setFlight = (flight: Flight | null) => {
    run("DELETE FROM flight");
    if (flight === null) return;
    const asText = (_: string, value: unknown) => (typeof value === "bigint" ? value.toString() : value);
    run("INSERT INTO flight VALUES (1, ?)", JSON.stringify(flight, asText));
  };

  return {
    together,
    /** Keeps an order that waits; one that was skipped before waits again. */
    keep(digest: Hex, order: KeptOrder["order"], now: number): void {
      run("DELETE FROM orders WHERE digest = ? AND state = 'skipped'", digest);
      run(
        "INSERT INTO orders (digest, contest, voter, entry, nonce, body, state, accepted) VALUES (?, ?, ?, ?, ?, ?, 'waiting', ?)",
        ...[digest, order.contest, order.voter, order.entryId, order.nonce, JSON.stringify(order), now],
      );
    },
    find: (digest: Hex) => orders("SELECT * FROM orders WHERE digest = ?", digest)[0],
    /** Those that wait, oldest first. */
    waiting: (limit: number) => orders("SELECT * FROM orders WHERE state = 'waiting' ORDER BY sequence LIMIT ?", limit),
    open: () => count("SELECT COUNT(*) AS n FROM orders WHERE state IN ('waiting', 'sent')"),
    openOf: (voter: Address) =>
      count("SELECT COUNT(*) AS n FROM orders WHERE voter = ? AND state IN ('waiting', 'sent')", voter),
    acceptedSince: (voter: Address, since: number) =>
      count("SELECT COUNT(*) AS n FROM orders WHERE voter = ? AND accepted > ?", voter, since),
    /** Orders of a voter that were paid for and did nothing. */
    wastedSince: (voter: Address, since: number) =>
      count(
        "SELECT COUNT(*) AS n FROM orders WHERE voter = ? AND accepted > ? AND state = 'skipped' AND hash IS NOT NULL",
        voter,
        since,
      ),
    /** Nonces in orders that wait or are on their way. */
    openNonces: (contest: Address, voter: Address, entryId: string) =>
      z
        .array(z.object({ nonce: z.int() }))
        .parse(
          all(
            "SELECT nonce FROM orders WHERE contest = ? AND voter = ? AND entry = ? AND state IN ('waiting', 'sent') ORDER BY nonce",
            contest,
            voter,
            entryId,
          ),
        )
        .map(({ nonce }) => nonce),
    markSent: (digest: Hex, hash: Hex) =>
      void run("UPDATE orders SET state = 'sent', hash = ? WHERE digest = ?", hash, digest),
    markDone: (digest: Hex, hash: Hex, block: number) =>
      void run("UPDATE orders SET state = 'done', hash = ?, block = ? WHERE digest = ?", hash, block, digest),
    markSkipped: (digest: Hex, reason: RelayReason, at: { readonly hash: Hex; readonly block: number } | null) =>
      void run(
        "UPDATE orders SET state = 'skipped', reason = ?, hash = ?, block = ? WHERE digest = ?",
        JSON.stringify(reason),
        at?.hash ?? null,
        at?.block ?? null,
        digest,
      ),
    /** Back to those that wait. `failed`: because the batch with it failed whole. */
    markWaiting: (digest: Hex, failed: boolean) =>
      void run(
        "UPDATE orders SET state = 'waiting', hash = NULL, failures = failures + ? WHERE digest = ?",
        failed ? 1 : 0,
        digest,
      ),
    markPermitted: (digest: Hex, sent: boolean) =>
      void run("UPDATE orders SET permitted = ? WHERE digest = ?", sent ? 1 : 0, digest),
    flight(): Flight | null {
      const row = database.prepare("SELECT body FROM flight").get();
      return row === undefined ? null : flightBody.parse(JSON.parse(z.string().parse(row["body"])));
    },
    setFlight,
    spend: (gas: number, carried: number, now: number) =>
      void run("INSERT INTO spent VALUES (?, ?, ?)", now, gas, carried),
    spentSince: (since: number) => count("SELECT SUM(gas) AS n FROM spent WHERE at > ?", since),
    /** Gas of an order, from the newest batches; null before the first one. */
    gasPerOrder(): number | null {
      const newest = "SELECT gas, orders FROM spent WHERE orders > 0 ORDER BY at DESC LIMIT 20";
      const carried = count(`SELECT SUM(orders) AS n FROM (${newest})`);
      return carried === 0 ? null : Math.ceil(count(`SELECT SUM(gas) AS n FROM (${newest})`) / carried);
    },
    close: () => database.close(),
  };
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

/** Orders wait for one chain, and the transaction on its way has a nonce of one account. */
function claim(
  database: DatabaseSync,
  file: string,
  { chainId, account }: { readonly chainId: number; readonly account: Address },
): void {
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
