import type { ClientBase, ClientConfig } from "pg";
import { types } from "pg";
import { shortMessageOf } from "#protocol/errors.ts";
import type { Cell } from "./column.ts";
import { DatabaseAwayError } from "./DatabaseAwayError.ts";
import { DatabaseError } from "./DatabaseError.ts";
import { createTurns } from "./inTurn.ts";
import { OtherTablesError } from "./OtherTablesError.ts";

const INT8 = 20;

/** The server looks whether a process is still there, also while it works for it: what it held is free soon. */
const NOTICE_THE_DEAD =
  "-c client_connection_check_interval=1s -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=2";

/** How every connection is made: tables of one schema, whole numbers as numbers, and no wait without an end. */
export function sessionConfig(url: string, schema: string): ClientConfig {
  return {
    connectionString: url,
    options: `-c search_path=${schema} ${NOTICE_THE_DEAD}`,
    application_name: "coindrop-indexer",
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    types: { getTypeParser: (oid, format) => (oid === INT8 ? Number : types.getTypeParser(oid, format)) },
  };
}

/** Tells this program's locks from those of others in the same database. */
const LOCK = 0x636f696e;

/** Takes the right to write a schema, for as long as the connection lives; false where another process has it. */
export async function takeLock(client: ClientBase, schema: string): Promise<boolean> {
  const [answer] = await ask(client, "SELECT pg_try_advisory_lock(?::int, hashtext(?::text))::int", [LOCK, schema]);
  return answer?.[0] === 1;
}

const turns = new WeakMap<ClientBase, ReturnType<typeof createTurns>>();

/** Questions to one connection wait for each other. */
function turnsOf(client: ClientBase) {
  const known = turns.get(client) ?? createTurns();
  turns.set(client, known);
  return known;
}

const statements = new Map<string, { readonly name: string; readonly text: string }>();

/** Runs one SQL statement with a `?` for each parameter. Throws `DatabaseAwayError` or `DatabaseError`. */
export async function ask(
  client: ClientBase,
  sql: string,
  parameters: readonly unknown[],
): Promise<readonly (readonly Cell[])[]> {
  const statement = statements.get(sql) ?? prepare(sql);
  try {
    const { rows } = await turnsOf(client)(() =>
      client.query<Cell[]>({ ...statement, values: [...parameters], rowMode: "array" }),
    );
    return rows.map((cells) => cells.map(fromPostgres));
  } catch (error) {
    throw explained(error);
  }
}

function prepare(sql: string): { readonly name: string; readonly text: string } {
  let place = 0;
  const text = sql.replaceAll("?", () => `$${++place}`);
  const made = { name: `indexer_${statements.size}`, text };
  statements.set(sql, made);
  return made;
}

/** Postgres keeps no NUL in a text, and anybody may submit one: it is escaped, and so is what escapes it. */
export function toPostgres(cell: Cell): Cell {
  return typeof cell === "string" ? cell.replaceAll("\u0010", "\u00101").replaceAll("\0", "\u00100") : cell;
}

function fromPostgres(cell: Cell): Cell {
  return typeof cell === "string" ? cell.replaceAll("\u00100", "\0").replaceAll("\u00101", "\u0010") : cell;
}

/** Shut down, starting, out of connections, memory or room, ended in a conflict: classes of Postgres' error codes. */
const PASSING = /^(08|53|57P|40|55P03|25006)/;
/** No such schema, table or column. */
const NOT_THERE_YET = /^(3F000|42P01|42703)$/;

/** An error of the driver as one of ours. */
export function explained(error: unknown): Error {
  if (error instanceof DatabaseAwayError || error instanceof DatabaseError) return error;
  const given = (error as { readonly code?: unknown }).code;
  const code = typeof given === "string" ? given : "";
  const facts = { metaMessages: [`Postgres says: ${shortMessageOf(error)}`], cause: error };
  if (NOT_THERE_YET.test(code))
    return new OtherTablesError("No indexer of this version has written this database yet.", facts);
  const isSql = /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]+$/.test(code);
  if (!isSql || PASSING.test(code)) return new DatabaseAwayError("The database does not answer.", facts);
  return new DatabaseError("The database refuses a statement.", facts);
}
