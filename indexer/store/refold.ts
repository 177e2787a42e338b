import type { Hex } from "viem";
import { foldTables, registryTables } from "../project/tables.ts";
import type { Write, WriterRows } from "./backend.ts";
import { putRow, runSql } from "./backend.ts";
import { cellsToJson } from "./cells.ts";
import type { Placed, Project } from "./foldRange.ts";
import { foldRange } from "./foldRange.ts";
import type { Header } from "./store.ts";
import type { PositionRow, TokenRow } from "./tables.ts";
import { blocks, tokens, undo } from "./tables.ts";

/** Everything that one of our contracts emitted up to where the database stands, read again from the chain. */
export type Retold = {
  /** The contest, or null for the node registry. */
  readonly contest: Hex | null;
  /** A contest's creation is among them. In the order of blocks and log indexes. */
  readonly events: readonly Placed[];
  /** Of the blocks with these events. */
  readonly headers: readonly Header[];
  readonly tokens: readonly TokenRow[];
  /** The block that the database must stand at. */
  readonly at: Pick<Header, "number" | "hash">;
};

/** What puts the fold of these events in the place of all rows of the same contract. Other contracts' rows are not read. */
export async function refold(
  rows: WriterRows,
  { finalized }: PositionRow,
  { contest, events, headers, tokens: fresh, project }: Retold & { readonly project: Project },
): Promise<Write[]> {
  const tables = foldTables.filter(({ name }) => registryTables.has(name) === (contest === null));
  const names = tables.map(({ name }) => `'${name}'`).join(", ");
  const { writes, befores } = await foldRange({ ...rows, now: { cells: () => undefined, family: () => [] } }, events, {
    project,
    finalized,
    told: false,
  });
  const last = Number((await rows.cell(`SELECT max("seq") FROM "undo"`)) ?? 0);
  const journal = befores.map(({ block, table, key, cells }, index) => ({
    ...{ block, seq: last + 1 + index, table: table.name, key: cellsToJson(key) },
    row: cells === undefined ? null : cellsToJson(cells),
  }));
  return [
    ...tables.map(({ name }) =>
      contest === null ? runSql(`DELETE FROM "${name}"`) : runSql(`DELETE FROM "${name}" WHERE "contest" = ?`, contest),
    ),
    contest === null
      ? runSql(`DELETE FROM "undo" WHERE "table" IN (${names})`)
      : runSql(`DELETE FROM "undo" WHERE "table" IN (${names}) AND "key" LIKE ?`, `["${contest}"%`),
    putRow(tokens, ...fresh),
    ...writes,
    putRow(undo, ...journal),
    putRow(blocks, ...headers.map((header) => ({ ...header, eventful: 1 }))),
  ];
}
