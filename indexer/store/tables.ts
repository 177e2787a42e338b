import { hex, integer, nullable, text } from "./column.ts";
import type { Row } from "./table.ts";
import { defineTable } from "./table.ts";

/** What the indexer keeps beside the fold: where it stands, how to go back, what it told, what it fetched. */

/** Every block that can still be rolled back, and every older one with an event in it. */
export const blocks = defineTable({
  name: "blocks",
  columns: { number: integer, hash: hex, parentHash: hex, timestamp: integer, eventful: integer },
  keyLength: 1,
  indexes: [["timestamp"]],
});

/** One row: which chain and contracts this database belongs to, and up to where it is folded. */
export const position = defineTable({
  name: "position",
  columns: {
    id: integer,
    version: integer,
    /** Tells this database from another in the ids of the event stream. */
    tag: text,
    chainId: integer,
    genesisHash: hex,
    genesisTimestamp: integer,
    factory: hex,
    nodeRegistry: hex,
    /** Least stake of an active node, in wei. */
    minStake: text,
    block: integer,
    finalized: integer,
    /** 0 while the final past is read for the first time: further indexes are not made yet, and nothing is answered. */
    complete: integer,
  },
  keyLength: 1,
});

/** What rows were before a block that can still be rolled back changed them. `row` is null where there was none. */
export const undo = defineTable({
  name: "undo",
  columns: { block: integer, seq: integer, table: text, key: text, row: nullable(text) },
  keyLength: 2,
});

/** The newest messages of the event stream, so that a listener can resume. */
export const messages = defineTable({
  name: "messages",
  columns: { seq: integer, message: text },
  keyLength: 1,
});

/** Token metadata, read once. Any string may be hostile: bounded, without control characters. */
export const tokens = defineTable({
  name: "tokens",
  columns: { address: hex, symbol: text, name: text, decimals: integer },
  keyLength: 1,
});

/** Manifests by the hash that entries carry. `body` is null until bytes with that hash and a valid shape were seen. */
export const manifests = defineTable({
  name: "manifests",
  columns: {
    manifestHash: hex,
    body: nullable(text),
    /** Why it is not there. */
    reason: nullable(text),
    attempts: integer,
    /** Milliseconds since 1970 of the next attempt; null when no further one is due. */
    nextAttempt: nullable(integer),
  },
  keyLength: 1,
});

/** One row: what the process that writes says of itself, for those that only read. */
export const writer = defineTable({
  name: "writer",
  columns: {
    id: integer,
    /** Newest block of the chain that it has seen; null before it reached the chain. */
    head: nullable(integer),
    /** Why its rows are not the newest; null while they are. */
    problem: nullable(text),
    /** Milliseconds since 1970, by its clock. Changes every second while it lives. */
    saidAt: integer,
    /** First block at which this version had everything; null while it is built. */
    completed: nullable(integer),
  },
  keyLength: 1,
});

/** Changes of the tables that were applied, with the time in milliseconds since 1970. See migrations.ts. */
export const migrations = defineTable({
  name: "migrations",
  columns: { name: text, appliedAt: integer },
  keyLength: 1,
});

/** Those of them that answers are made of. */
export const answerTables = [blocks, position, messages, tokens, manifests] as const;
export const keepTables = [...answerTables, undo, writer, migrations] as const;

export type BlockRow = Row<typeof blocks>;
export type PositionRow = Row<typeof position>;
export type UndoRow = Row<typeof undo>;
export type TokenRow = Row<typeof tokens>;
export type ManifestRow = Row<typeof manifests>;
export type WriterRow = Row<typeof writer>;
