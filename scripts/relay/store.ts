import type { Address, Hex } from "viem";
import { z } from "zod";
import { addressSchema, bytes32Schema, hexSchema } from "#protocol/primitives.ts";
import type { RelayReason } from "#protocol/relay.ts";
import { RELAY_STATES, relayReasonSchema, signedOrderSchema } from "#protocol/relay.ts";
import type { StateOwner } from "./stateFile.ts";
import { openStateFile } from "./stateFile.ts";

const orderRow = z
  .object({
    digest: bytes32Schema,
    body: z.string().transform((text) => signedOrderSchema.parse(JSON.parse(text))),
    state: z.enum(RELAY_STATES),
    accepted: z.int(),
    since: z.int(),
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

/**
 * An order as the relay keeps it. `since`: the newest block when it was taken. `failures`: whole batches with it that
 * failed. `permitted`: its permit was sent.
 */
export type KeptOrder = z.infer<typeof orderRow>;

const wei = z.string().transform(BigInt);
const flightBody = z.object({
  kind: z.enum(["carry", "permit"]),
  contest: addressSchema,
  nonce: z.int(),
  to: addressSchema,
  data: hexSchema,
  gas: wei,
  maxFee: wei,
  tip: wei,
  /** Every version of it that was signed, newest last. */
  hashes: z.array(bytes32Schema).min(1),
  raw: hexSchema,
  sentAt: z.int(),
  digests: z.array(bytes32Schema),
  /** The block it is in, while that is not deep; null while it is on its way. */
  landed: z.object({ blockHash: bytes32Schema, block: z.int() }).nullable(),
  /** Whether what it cost is written down: once, even where a reorganisation makes it land twice. */
  isBooked: z.boolean(),
});

/** A transaction, written down before it is sent and kept until its block is deep. */
export type Flight = z.infer<typeof flightBody>;

const waitingRow = z.object({ contest: addressSchema, oldest: z.int(), orders: z.int() });

/** accepted: an order was taken. permit: one was paid for. wasted: something paid for did nothing. */
export type Attempt = "accepted" | "permit" | "wasted";

export type Store = ReturnType<typeof openStore>;

/** What the relay must not forget: accepted orders, its transactions, what voters were given, what was spent. */
export function openStore(file: string, owner: StateOwner) {
  const database = openStateFile(file, owner);
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

  const attempt = (voter: Address, what: Attempt, now: number) =>
    void run("INSERT INTO attempts VALUES (?, ?, ?)", now, voter, what);

  return {
    together,
    /** Keeps an order that waits; one that was decided before waits again. */
    keep(
      digest: Hex,
      order: KeptOrder["order"],
      { now, since }: { readonly now: number; readonly since: number },
    ): void {
      run("DELETE FROM orders WHERE digest = ? AND state IN ('skipped', 'done')", digest);
      run(
        "INSERT INTO orders (digest, contest, voter, entry, nonce, body, state, accepted, since) VALUES (?, ?, ?, ?, ?, ?, 'waiting', ?, ?)",
        ...[digest, order.contest, order.voter, order.entryId, order.nonce, JSON.stringify(order), now, since],
      );
      attempt(order.voter, "accepted", now);
    },
    find: (digest: Hex) => orders("SELECT * FROM orders WHERE digest = ?", digest)[0],
    /** Contests that orders wait for, the one of the oldest first. `oldest`: when it was taken. */
    contestsWaiting: () =>
      z
        .array(waitingRow)
        .parse(
          all(
            "SELECT contest, MIN(accepted) AS oldest, COUNT(*) AS orders FROM orders WHERE state = 'waiting' GROUP BY contest ORDER BY MIN(sequence)",
          ),
        ),
    /** Those of a contest that wait, oldest first. */
    waiting: (contest: Address, limit: number) =>
      orders(
        "SELECT * FROM orders WHERE state = 'waiting' AND contest = ? ORDER BY sequence LIMIT ?",
        ...[contest, limit],
      ),
    open: () => count("SELECT COUNT(*) AS n FROM orders WHERE state IN ('waiting', 'sent')"),
    openIn: (contest: Address) =>
      count("SELECT COUNT(*) AS n FROM orders WHERE state IN ('waiting', 'sent') AND contest = ?", contest),
    openOf: (voter: Address) =>
      count("SELECT COUNT(*) AS n FROM orders WHERE voter = ? AND state IN ('waiting', 'sent')", voter),
    attempt,
    attemptsSince: (voter: Address, what: Attempt, since: number) =>
      count("SELECT COUNT(*) AS n FROM attempts WHERE voter = ? AND what = ? AND at > ?", voter, what, since),
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
      void run(
        "UPDATE orders SET state = 'sent', hash = ?, block = NULL, reason = NULL WHERE digest = ?",
        hash,
        digest,
      ),
    /** `reason`: where it was somebody else's transaction. */
    markDone: (digest: Hex, { hash, block }: InBlock, reason: RelayReason | null = null) =>
      void run(
        "UPDATE orders SET state = 'done', hash = ?, block = ?, reason = ? WHERE digest = ?",
        ...[hash, block, reason === null ? null : JSON.stringify(reason), digest],
      ),
    markSkipped: (digest: Hex, reason: RelayReason, at: InBlock | null) =>
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
    /** Those that are not settled, by nonce. */
    flights: (): readonly Flight[] =>
      z
        .array(z.object({ body: z.string() }))
        .parse(all("SELECT body FROM flights"))
        .map(({ body }) => flightBody.parse(JSON.parse(body)))
        .sort((a, b) => a.nonce - b.nonce),
    setFlight(flight: Flight): void {
      const asText = (_: string, value: unknown) => (typeof value === "bigint" ? value.toString() : value);
      const body = JSON.stringify(flight, asText);
      run("INSERT INTO flights VALUES (?, ?) ON CONFLICT (first) DO UPDATE SET body = ?", firstOf(flight), body, body);
    },
    dropFlight: (flight: Flight) => void run("DELETE FROM flights WHERE first = ?", firstOf(flight)),
    /** `orders`: how many were carried for it; 0 where it was a permit, or failed. */
    spend({ at, contest, gas, gwei, orders: carried }: Spending): void {
      run("INSERT INTO spent VALUES (?, ?, ?, ?, ?)", at, contest, gas, gwei, carried);
    },
    /** For everybody, or for one contest. */
    spentSince(since: number, contest?: Address): { readonly gas: number; readonly gwei: number } {
      const sum = (column: "gas" | "gwei") =>
        contest === undefined
          ? count(`SELECT SUM(${column}) AS n FROM spent WHERE at > ?`, since)
          : count(`SELECT SUM(${column}) AS n FROM spent WHERE at > ? AND contest = ?`, since, contest);
      return { gas: sum("gas"), gwei: sum("gwei") };
    },
    /** Gas of an order, from the newest batches; null before the first one. */
    gasPerOrder(): number | null {
      const newest = "SELECT gas, orders FROM spent WHERE orders > 0 ORDER BY at DESC LIMIT 20";
      const carried = count(`SELECT SUM(orders) AS n FROM (${newest})`);
      return carried === 0 ? null : Math.ceil(count(`SELECT SUM(gas) AS n FROM (${newest})`) / carried);
    },
    close: () => database.close(),
  };
}

export type InBlock = { readonly hash: Hex; readonly block: number };
/** `at`: milliseconds since 1970. */
export type Spending = {
  readonly at: number;
  readonly contest: Address;
  readonly gas: number;
  readonly gwei: number;
  readonly orders: number;
};

function firstOf({ hashes: [first] }: Flight): Hex {
  if (first === undefined) throw new RangeError("A transaction that was never signed is not on its way.");
  return first;
}
