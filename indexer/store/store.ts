import { randomBytes } from "node:crypto";
import type { Hex } from "viem";
import type { ChainEvent } from "../decode/events.ts";
import type { Change, Position, State } from "../project/change.ts";
import { contests, foldTables } from "../project/tables.ts";
import { cellsFromJson, cellsToJson } from "./cells.ts";
import type { OpenDatabase } from "./openDatabase.ts";
import { createOverlay } from "./overlay.ts";
import type { Rows } from "./rows.ts";
import { createRows } from "./rows.ts";
import type { BlockRow, PositionRow, TokenRow } from "./tables.ts";
import { blocks, position, tokens, undo } from "./tables.ts";
import { transaction } from "./transaction.ts";

export type Header = Pick<BlockRow, "number" | "hash" | "parentHash" | "timestamp">;
export type Placed = { readonly at: Position; readonly event: ChainEvent };

/** A stretch of the chain that follows on what is folded already. */
export type Range = {
  /** Ascending: every block that can be rolled back, of the older ones those with events, and the last of the range. */
  readonly headers: readonly Header[];
  /** In the order of blocks and log indexes. */
  readonly events: readonly Placed[];
  readonly finalized: number;
  /** Metadata of tokens that are new in the range. */
  readonly tokens: readonly TokenRow[];
};

/**
 * What a commit or a rollback did. Given while its transaction is open, so that what is written there stands or falls
 * with it. `changes` are in order, each with its block.
 */
export type Told =
  | {
      readonly kind: "commit";
      readonly headers: readonly Header[];
      readonly finalized: number;
      readonly changes: readonly (Change & { readonly block: number })[];
    }
  | { readonly kind: "rollback"; readonly header: Header };

export type Identity = Omit<PositionRow, "id" | "version" | "tag" | "block" | "finalized">;

type StoreOptions = {
  readonly open: OpenDatabase;
  readonly project: (state: State, at: Position, event: ChainEvent) => Change[];
  /** Called inside each transaction. */
  readonly tell: (rows: Rows, told: Told) => void;
};

/** Where the fold is kept. One writer; every write is one transaction that carries the position with it. */
export function createStore({ open, project, tell }: StoreOptions) {
  const { database } = open;
  const rows = createRows(database);

  function standing(): PositionRow | undefined {
    return rows.get(position, [1]);
  }

  function mustStand(): PositionRow {
    const row = standing();
    if (row === undefined) throw new Error("the database has no position yet");
    return row;
  }

  function headerAt(number: number): Header | undefined {
    return rows.get(blocks, [number]);
  }

  function mustHaveHeader(number: number): Header {
    const header = headerAt(number);
    if (header === undefined) throw new Error(`block ${number} is missing in the database`);
    return header;
  }

  /** Starts an empty database at `header`, the block before the first one to fold. */
  function begin(identity: Identity, header: Header): void {
    transaction(database, () => {
      const tag = randomBytes(4).toString("hex");
      rows.put(position, { id: 1, version: 1, tag, ...identity, block: header.number, finalized: header.number });
      rows.put(blocks, { ...header, eventful: 1 });
    });
  }

  /** Folds a range in. All of it or nothing is kept. */
  function commit(range: Range): void {
    transaction(database, () => {
      const before = mustStand();
      const last = range.headers.at(-1);
      if (last === undefined) return;
      const finalized = Math.min(Math.max(range.finalized, before.finalized), last.number);
      const overlay = createOverlay(rows);
      const changes: (Change & { readonly block: number })[] = [];
      const eventful = new Set<number>();
      for (const token of range.tokens) rows.put(tokens, token);
      for (const { at, event } of range.events) {
        eventful.add(at.block);
        for (const change of project(overlay.state, at, event)) {
          overlay.apply(change, at.block, at.block > finalized);
          changes.push({ ...change, block: at.block });
        }
      }
      overlay.flush();
      for (const header of range.headers) {
        rows.put(blocks, { ...header, eventful: Number(eventful.has(header.number)) });
      }
      overlay.befores.forEach(({ block, table, key, cells }, seq) => {
        const row = cells === undefined ? null : cellsToJson(cells);
        rows.put(undo, { block, seq, table: table.name, key: cellsToJson(key), row });
      });
      if (finalized > before.finalized) {
        rows.run(`DELETE FROM "undo" WHERE "block" <= ?`, finalized);
        rows.run(
          `DELETE FROM "blocks" WHERE "number" >= ? AND "number" < ? AND "eventful" = 0`,
          before.finalized,
          finalized,
        );
      }
      rows.put(position, { ...before, block: last.number, finalized });
      tell(rows, { kind: "commit", headers: range.headers, finalized, changes });
    });
  }

  /** Takes every block above `to` back, exactly. `to` must not lie below the finalized block. */
  function rollback(to: number): void {
    transaction(database, () => {
      const before = mustStand();
      if (to < before.finalized) throw new RangeError(`block ${to} is below the finalized block ${before.finalized}`);
      const tables = new Map(foldTables.map((table) => [table.name, table]));
      for (const { table: name, key, row } of rows.select(undo, `"block" > ? ORDER BY "block" DESC, "seq" DESC`, to)) {
        const table = tables.get(name);
        if (table === undefined) throw new Error(`no table is named ${name}`);
        if (row === null) rows.remove(table, cellsFromJson(key));
        else rows.putCells(table, cellsFromJson(row));
      }
      for (const { name, blockColumn } of foldTables) {
        if (blockColumn !== null) rows.run(`DELETE FROM "${name}" WHERE "${blockColumn}" > ?`, to);
      }
      rows.run(`DELETE FROM "undo" WHERE "block" > ?`, to);
      rows.run(`DELETE FROM "blocks" WHERE "number" > ?`, to);
      rows.put(position, { ...before, block: to });
      tell(rows, { kind: "rollback", header: mustHaveHeader(to) });
    });
  }

  return {
    rows,
    standing,
    headerAt,
    begin,
    commit,
    rollback,
    /** Addresses of all contests, in the order of their creation. */
    contests: () => rows.select(contests, `TRUE ORDER BY "createdBlock", "createdLogIndex"`).map((row) => row.contest),
    hasToken: (address: Hex) => rows.get(tokens, [address]) !== undefined,
    /** Runs `write` in a transaction of its own. */
    write: <T>(write: (rows: Rows) => T): T => transaction(database, () => write(rows)),
    close: () => open.close(),
  };
}

export type Store = ReturnType<typeof createStore>;
