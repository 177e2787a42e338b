import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Backend } from "../../indexer/store/backend.ts";
import { openDatabase } from "../../indexer/store/openDatabase.ts";
import { createPostgresBackend } from "../../indexer/store/postgresBackend.ts";
import { createSqliteBackend } from "../../indexer/store/sqliteBackend.ts";
import { crashingDatabase } from "./crashingDatabase.ts";
import { startCutter } from "./postgresCutter.ts";

/** A process's time with a database. */
type Life = {
  /** Works until the process dies. */
  readonly backend: Backend;
  /** For whoever looks on; the moments at which the process dies do not depend on it. */
  readonly outside: Backend;
  readonly isDead: () => boolean;
  readonly end: () => Promise<void>;
};

/** A database that one life after the other goes on with. `dieAt` counts writes, or what passes on the wire, from 0. */
export type Home = { readonly open: (dieAt?: number) => Promise<Life>; readonly close: () => void };

/** A file. Each death leaves what was on the disk at that moment. */
export function sqliteHome(): Home {
  const folder = mkdtempSync(join(tmpdir(), "coindrop-script-"));
  let deaths = 0;
  const fileOf = (life: number) => join(folder, `${life}.sqlite`);
  return {
    async open(dieAt) {
      const real = openDatabase(fileOf(deaths));
      let isDead = false;
      const die = () => {
        isDead = true;
      };
      const dying = { file: fileOf(deaths), copy: fileOf(deaths + 1), at: dieAt ?? 0, die };
      const backend = createSqliteBackend(dieAt === undefined ? real : crashingDatabase(real, dying));
      return {
        backend,
        outside: backend,
        isDead: () => isDead,
        async end() {
          real.close();
          if (isDead) deaths += 1;
        },
      };
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Pieces on the wire for each write of SQLite: a question and its answer, and questions that only read. */
const PIECES = 3;

/** A schema of a Postgres. A death cuts all connections between two pieces that pass on them, whichever way. */
export function postgresHome(url: string): Home {
  const schema = `script_${randomBytes(6).toString("hex")}`;
  return {
    async open(dieAt) {
      const outside = createPostgresBackend(url, schema);
      if (dieAt === undefined) return { backend: outside, outside, isDead: () => false, end: () => outside.close() };
      const cutter = await startCutter(url, PIECES * dieAt);
      const backend = createPostgresBackend(cutter.url, schema);
      return {
        backend,
        outside,
        isDead: cutter.isCut,
        async end() {
          await Promise.all([backend.close(), outside.close()]);
          await cutter.close();
        },
      };
    },
    close() {},
  };
}
