import type { StreamMessage } from "#protocol/http.ts";
import type { Write } from "../store/backend.ts";
import { putRow, runSql } from "../store/backend.ts";
import type { Rows } from "../store/rows.ts";
import { messages } from "../store/tables.ts";

/** Messages kept for listeners that come back. */
export const KEPT_MESSAGES = 2_000;

export type KeptMessage = { readonly seq: number; readonly message: StreamMessage };

/** What adds messages to the stream, to be written in the transaction that `rows` is of. */
export async function appendMessages(rows: Rows, added: readonly StreamMessage[]): Promise<readonly Write[]> {
  const newest = await newestSeq(rows);
  const numbered = added.map((message, index) => ({ seq: newest + 1 + index, message: JSON.stringify(message) }));
  const last = newest + added.length;
  return [putRow(messages, ...numbered), runSql(`DELETE FROM "messages" WHERE "seq" <= ?`, last - KEPT_MESSAGES)];
}

/** Number of the newest message; 0 before the first. */
export async function newestSeq(rows: Rows): Promise<number> {
  return Number((await rows.cell(`SELECT max("seq") FROM "messages"`)) ?? 0);
}

/** Number of the oldest message that is kept; 1 before the first. */
export async function oldestSeq(rows: Rows): Promise<number> {
  return Number((await rows.cell(`SELECT min("seq") FROM "messages"`)) ?? 1);
}

/** Up to 500 messages after `seq`, oldest first. */
export async function messagesAfter(rows: Rows, seq: number): Promise<KeptMessage[]> {
  const found = await rows.select(messages, `"seq" > ? ORDER BY "seq" LIMIT 500`, seq);
  return found.map((row) => ({ seq: row.seq, message: JSON.parse(row.message) as StreamMessage }));
}
