import type { StreamMessage } from "#protocol/http.ts";
import type { Rows } from "../store/rows.ts";
import { messages } from "../store/tables.ts";

/** Messages kept for listeners that come back. */
export const KEPT_MESSAGES = 2_000;

export type KeptMessage = { readonly seq: number; readonly message: StreamMessage };

/** Adds a message to the stream; call it inside a transaction. */
export function appendMessage(rows: Rows, message: StreamMessage): void {
  const seq = newestSeq(rows) + 1;
  rows.put(messages, { seq, message: JSON.stringify(message) });
  rows.run(`DELETE FROM "messages" WHERE "seq" <= ?`, seq - KEPT_MESSAGES);
}

/** Number of the newest message; 0 before the first. */
export function newestSeq(rows: Rows): number {
  return Number(rows.cell(`SELECT max("seq") FROM "messages"`) ?? 0);
}

/** Number of the oldest message that is kept; 1 before the first. */
export function oldestSeq(rows: Rows): number {
  return Number(rows.cell(`SELECT min("seq") FROM "messages"`) ?? 1);
}

/** Up to 500 messages after `seq`, oldest first. */
export function messagesAfter(rows: Rows, seq: number): KeptMessage[] {
  return rows
    .select(messages, `"seq" > ? ORDER BY "seq" LIMIT 500`, seq)
    .map((row) => ({ seq: row.seq, message: JSON.parse(row.message) as StreamMessage }));
}
