import type { PoolClient } from "pg";
import { Client, Pool } from "pg";
import type { Backend, Write, WriterRows } from "./backend.ts";
import type { Cell } from "./column.ts";
import { DatabaseAwayError } from "./DatabaseAwayError.ts";
import { createTurns } from "./inTurn.ts";
import { MIGRATIONS } from "./migrations.ts";
import { NewerDatabaseError } from "./NewerDatabaseError.ts";
import { rowId } from "./overlay.ts";
import { ask, explained, sessionConfig, takeLock, toPostgres } from "./postgresSession.ts";
import { selectKeys, statementsOf } from "./postgresSql.ts";
import { pendingPostgres, preparePostgres } from "./preparePostgres.ts";
import type { Rows } from "./rows.ts";
import { createRows } from "./rows.ts";
import type { Table } from "./table.ts";

const READERS = 8;

/**
 * Postgres behind the store. Reads run beside each other, each in a snapshot of its own. Writes run on the one
 * connection that holds the database's lock: whoever loses the connection loses the right with it, and cannot write on.
 */
export function createPostgresBackend(url: string, schema: string, migrations = MIGRATIONS): Backend {
  const config = sessionConfig(url, schema);
  const pool = new Pool({ ...config, max: READERS });
  // A connection that dies while nobody uses it is replaced at the next question.
  pool.on("error", () => {});
  const inTurn = createTurns();
  let writer: Client | undefined;

  async function read<T>(work: (rows: Rows) => Promise<T>): Promise<T> {
    const client = await connected(pool);
    let failed: unknown;
    try {
      await ask(client, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", []);
      const result = await work(createRows((sql, parameters) => ask(client, sql, parameters.map(toPostgres))));
      await ask(client, "COMMIT", []);
      return result;
    } catch (error) {
      failed = error;
      throw error;
    } finally {
      await released(client, failed);
    }
  }

  /** The connection that may write. Throws `DatabaseAwayError` while another process has the right. */
  async function lead(): Promise<Client> {
    if (writer !== undefined) return writer;
    const client = new Client(config);
    const lost = () => {
      if (writer === client) writer = undefined;
    };
    client.on("error", lost);
    client.on("end", lost);
    try {
      await client.connect();
      if (!(await takeLock(client, schema))) {
        throw new DatabaseAwayError(
          "Another indexer is writing this database; this one takes over when that one ends.",
        );
      }
      await preparePostgres(client, schema, migrations);
    } catch (error) {
      await client.end().catch(() => {});
      // It came while this program ran: what is there can still be read.
      if (error instanceof NewerDatabaseError) throw new DatabaseAwayError(error.shortMessage, { cause: error });
      throw explained(error);
    }
    writer = client;
    return client;
  }

  async function write(work: (rows: WriterRows) => Promise<readonly Write[]>): Promise<void> {
    const client = await lead();
    try {
      await ask(client, "BEGIN", []);
      for (const one of await work(writerRows(client))) {
        for (const { sql, parameters } of statementsOf(one)) await ask(client, sql, parameters);
      }
      await ask(client, "SELECT pg_notify(?, '')", [schema]);
      await ask(client, "COMMIT", []);
    } catch (error) {
      await ask(client, "ROLLBACK", []).catch(() => drop(client));
      throw error;
    }
  }

  async function drop(client: Client): Promise<void> {
    if (writer === client) writer = undefined;
    await client.end().catch(() => {});
  }

  async function check(): Promise<void> {
    const client = await connected(pool);
    try {
      await pendingPostgres(client, schema, migrations);
    } finally {
      await released(client, undefined);
    }
  }

  return {
    check,
    read,
    write: (work) => inTurn(() => write(work)),
    claim: () => inTurn(async () => void (await lead())),
    leads: () => writer !== undefined,
    watch: (onChange) => watch(new AbortController(), onChange),
    async close() {
      await inTurn(async () => {
        if (writer !== undefined) await drop(writer);
      });
      await pool.end();
    },
  };

  /** Calls `onChange` after each write of any process, and after each time that some may have been missed. */
  function watch(stopped: AbortController, onChange: () => void): () => Promise<void> {
    const over = keepListening(stopped.signal, onChange);
    return async () => {
      stopped.abort();
      await over;
    };
  }

  async function keepListening(signal: AbortSignal, onChange: () => void): Promise<void> {
    while (!signal.aborted) {
      const client = new Client(config);
      const { promise: gone, resolve } = Promise.withResolvers<void>();
      client.on("error", () => resolve());
      client.on("end", () => resolve());
      signal.addEventListener("abort", () => resolve(), { once: true });
      client.on("notification", onChange);
      try {
        await client.connect();
        await client.query(`LISTEN "${schema}"`);
        onChange();
        await gone;
      } catch {
        // It is tried again below.
      }
      await client.end().catch(() => {});
      if (!signal.aborted) await new Promise((again) => setTimeout(again, LISTEN_AGAIN_MS));
    }
  }
}

const LISTEN_AGAIN_MS = 500;

function writerRows(client: Client): WriterRows {
  return {
    ...createRows((sql, parameters) => ask(client, sql, parameters.map(toPostgres))),
    now: null,
    async cellsOf(table: Table<unknown>, keys: readonly (readonly Cell[])[]) {
      const found = new Map<string, readonly Cell[]>();
      for (const { sql, parameters } of selectKeys(table, keys)) {
        for (const cells of await ask(client, sql, parameters)) {
          found.set(rowId(table, cells.slice(0, table.keyLength)), cells);
        }
      }
      return keys.map((key) => found.get(rowId(table, key)));
    },
  };
}

async function connected(pool: Pool): Promise<PoolClient> {
  try {
    const client = await pool.connect();
    client.on("error", ignore);
    return client;
  } catch (error) {
    throw explained(error);
  }
}

/** Gives a connection back; one that met an error of the database is thrown away. */
async function released(client: PoolClient, failed: unknown): Promise<void> {
  let broken = failed instanceof DatabaseAwayError;
  if (failed !== undefined && !broken) {
    await ask(client, "ROLLBACK", []).catch(() => {
      broken = true;
    });
  }
  client.off("error", ignore);
  client.release(broken);
}

function ignore(): void {}
