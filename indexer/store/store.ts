import { randomBytes } from "node:crypto";
import type { Hex } from "viem";
import type { Change } from "../project/change.ts";
import { contests, foldTables } from "../project/tables.ts";
import type { Backend, Write } from "./backend.ts";
import { putRow, runSql } from "./backend.ts";
import { cellsFromJson, cellsToJson } from "./cells.ts";
import { DatabaseAwayError } from "./DatabaseAwayError.ts";
import type { Placed, Project } from "./foldRange.ts";
import { foldRange } from "./foldRange.ts";
import { rowId } from "./overlay.ts";
import type { Retold } from "./refold.ts";
import { refold } from "./refold.ts";
import type { Rows } from "./rows.ts";
import type { Table } from "./table.ts";
import type { BlockRow, PositionRow, TokenRow, UndoRow } from "./tables.ts";
import { blocks, keepTables, position, tokens, undo } from "./tables.ts";

export type Header = Pick<BlockRow, "number" | "hash" | "parentHash" | "timestamp">;
export type { Placed } from "./foldRange.ts";

/** A stretch of the chain that follows on what is folded already. */
export type Range = {
  /** Ascending: every block that can be rolled back, of the older ones those with events, and the last of the range. */
  readonly headers: readonly Header[];
  /** In the order of blocks and log indexes. */
  readonly events: readonly Placed[];
  readonly finalized: number;
  /** The block that it follows on; what stands elsewhere by then refuses it. */
  readonly after?: Pick<Header, "number" | "hash">;
  /** Metadata of tokens that are new in the range. */
  readonly tokens: readonly TokenRow[];
  /** Whether more of what is final already follows: nothing is told of it, and nothing answered until it is read. */
  readonly catchingUp?: boolean;
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

export type Identity = Omit<PositionRow, "id" | "version" | "tag" | "block" | "finalized" | "complete">;

type StoreOptions = {
  readonly backend: Backend;
  readonly project: Project;
  /** Called inside each transaction, before it writes: what is to be written besides. */
  readonly tell: (rows: Rows, told: Told) => Promise<readonly Write[]>;
};

const allTables: readonly Table<unknown>[] = [...foldTables, ...keepTables];

/** Where the fold is kept. One writer; every write is one transaction that carries the position with it. */
export function createStore({ backend, project, tell }: StoreOptions) {
  /** Starts an empty database at `header`, the block before the first one to fold. */
  function begin(identity: Identity, header: Header): Promise<void> {
    const tag = randomBytes(4).toString("hex");
    return backend.write(async () => [
      putRow(position, {
        id: 1,
        version: 1,
        tag,
        ...identity,
        block: header.number,
        finalized: header.number,
        complete: 0,
      }),
      putRow(blocks, { ...header, eventful: 1 }),
    ]);
  }

  /** Folds a range in. All of it or nothing is kept. */
  function commit(range: Range): Promise<void> {
    return backend.write(async (rows) => {
      const before = await mustStand(rows);
      const last = range.headers.at(-1);
      if (last === undefined) return [];
      await mustFollow(rows, before, range.after);
      const finalized = Math.min(Math.max(range.finalized, before.finalized), last.number);
      const complete = Number(before.complete === 1 || !range.catchingUp);
      const how = { project, finalized, told: complete === 1 };
      const { changes, writes, befores } = await foldRange(rows, range.events, how);
      const eventful = new Set(range.events.map(({ at }) => at.block));
      const headers = range.headers.map((header) => ({ ...header, eventful: Number(eventful.has(header.number)) }));
      const journal = befores.map(({ block, table, key, cells }, seq) => ({
        ...{ block, seq, table: table.name, key: cellsToJson(key) },
        row: cells === undefined ? null : cellsToJson(cells),
      }));
      const thinned = [
        runSql(`DELETE FROM "undo" WHERE "block" <= ?`, finalized),
        runSql(
          `DELETE FROM "blocks" WHERE "number" >= ? AND "number" < ? AND "eventful" = 0`,
          before.finalized,
          finalized,
        ),
      ];
      return [
        putRow(tokens, ...range.tokens),
        ...writes,
        putRow(blocks, ...headers),
        putRow(undo, ...journal),
        ...(finalized > before.finalized ? thinned : []),
        ...(complete > before.complete ? allTables.flatMap(({ indexDdl }) => indexDdl.map((sql) => runSql(sql))) : []),
        putRow(position, { ...before, block: last.number, finalized, complete }),
        ...(complete ? await tell(rows, { kind: "commit", headers: range.headers, finalized, changes }) : []),
      ];
    });
  }

  /** Takes every block above `to` back, exactly. `to` must not lie below the finalized block. */
  function rollback(to: number): Promise<void> {
    return backend.write(async (rows) => {
      const before = await mustStand(rows);
      if (to < before.finalized) throw new RangeError(`block ${to} is below the finalized block ${before.finalized}`);
      const header = await rows.get(blocks, [to]);
      if (header === undefined) throw new Error(`block ${to} is missing in the database`);
      const perBlock = foldTables.flatMap(({ name, blockColumn }) =>
        blockColumn === null ? [] : [runSql(`DELETE FROM "${name}" WHERE "${blockColumn}" > ?`, to)],
      );
      return [
        ...undone(await rows.select(undo, `"block" > ? ORDER BY "block" DESC, "seq" DESC`, to)),
        ...perBlock,
        runSql(`DELETE FROM "undo" WHERE "block" > ?`, to),
        runSql(`DELETE FROM "blocks" WHERE "number" > ?`, to),
        putRow(position, { ...before, block: to }),
        ...(await tell(rows, { kind: "rollback", header })),
      ];
    });
  }

  /** Puts what one contract emitted anew in the place of what is stored of it; listeners read everything anew. */
  function retell(retold: Retold): Promise<void> {
    return backend.write(async (rows) => {
      const before = await mustStand(rows);
      await mustFollow(rows, before, retold.at);
      const genesis = { number: 0, hash: before.genesisHash, parentHash: before.genesisHash };
      return [
        ...(await refold(rows, before, { ...retold, project })),
        ...(await tell(rows, { kind: "rollback", header: { ...genesis, timestamp: before.genesisTimestamp } })),
      ];
    });
  }

  const read = backend.read;
  return {
    /** Runs `work` on rows that are all of one moment. `work` waits for nothing but them. */
    read,
    standing: () => read((rows) => rows.get(position, [1])),
    headerAt: (number: number): Promise<Header | undefined> => read((rows) => rows.get(blocks, [number])),
    begin,
    commit,
    rollback,
    refold: retell,
    /** Addresses of all contests, in the order of their creation. */
    contests: async () => {
      const found = await read((rows) => rows.select(contests, `TRUE ORDER BY "createdBlock", "createdLogIndex"`));
      return found.map((row) => row.contest);
    },
    hasToken: (address: Hex) => read(async (rows) => (await rows.get(tokens, [address])) !== undefined),
    /** One transaction: `work` reads, and what it returns is written. */
    write: (work: (rows: Rows) => Promise<readonly Write[]>) => backend.write(work),
    check: backend.check,
    claim: backend.claim,
    leads: backend.leads,
    watch: backend.watch,
    close: () => backend.close(),
  };
}

export type Store = ReturnType<typeof createStore>;

async function mustStand(rows: Rows): Promise<PositionRow> {
  const row = await rows.get(position, [1]);
  if (row === undefined) throw new Error("the database has no position yet");
  return row;
}

/** Another process may have written since the range was read: it had the right to write in between. */
async function mustFollow(rows: Rows, before: PositionRow, after: Range["after"]): Promise<void> {
  if (after === undefined) return;
  const header = await rows.get(blocks, [before.block]);
  if (before.block === after.number && header?.hash === after.hash) return;
  throw new DatabaseAwayError(`Another indexer wrote up to block ${before.block} in the meantime.`);
}

/** What restores rows; the journal is given newest first, and of each row its oldest state counts. */
function undone(journal: readonly UndoRow[]): Write[] {
  const tables = new Map(foldTables.map((table) => [table.name, table]));
  const oldest = new Map<
    string,
    { readonly table: Table<unknown>; readonly key: string; readonly row: string | null }
  >();
  for (const { table: name, key, row } of journal) {
    const table = tables.get(name);
    if (table === undefined) throw new Error(`no table is named ${name}`);
    oldest.set(rowId(table, [key]), { table, key, row });
  }
  return [...Map.groupBy(oldest.values(), ({ table }) => table)].flatMap(([table, states]): Write[] => [
    { kind: "remove", table, keys: states.flatMap(({ key, row }) => (row === null ? [cellsFromJson(key)] : [])) },
    { kind: "put", table, rows: states.flatMap(({ row }) => (row === null ? [] : [cellsFromJson(row)])) },
  ]);
}
