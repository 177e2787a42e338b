import type { Hex } from "viem";
import type { Table } from "../store/table.ts";

export type Key = readonly (string | number)[];

/** What the fold may ask of the state before an event. */
export type State = {
  readonly get: <Row>(table: Table<Row>, key: Key) => Row | undefined;
};

/** A row that the fold writes, new or in the place of the one with the same key. */
export type Change = { readonly table: Table<unknown>; readonly row: unknown };

export function put<Row>(table: Table<Row>, row: Row): Change {
  return { table: table as Table<unknown>, row };
}

/** Where in the chain an event stands. */
export type Position = {
  readonly block: number;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly logIndex: number;
  readonly transaction: Hex;
  /** The contract that emitted it. */
  readonly emitter: Hex;
};
