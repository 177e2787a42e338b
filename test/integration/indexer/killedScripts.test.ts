import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startPostgres } from "../../support/postgres.ts";
import { replayed } from "../../support/replayed.ts";
import { mustAgree } from "../../support/scriptBooks.ts";
import { killedScripts, playKilled } from "./killedScript.ts";
import { readIndex } from "./openIndex.ts";

/** Scripts in the test; `npm run fuzz:indexer` plays 50, and a fifth as many on Postgres. */
const SCRIPTS = Number(process.env["INDEXER_KILLED_SCRIPTS"] ?? 3);

describe("an indexer's process that is killed at random moments while the chain forks", () => {
  const folder = mkdtempSync(join(tmpdir(), "coindrop-killed-"));
  let postgres: Awaited<ReturnType<typeof startPostgres>>;
  let made = 0;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(async () => {
    await postgres?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([
    ["killed-sqlite", SCRIPTS, async () => join(folder, `${made++}.sqlite`)],
    ["killed-postgres", Math.ceil(SCRIPTS / 5), () => postgres.database(`killed_${made++}`)],
  ] as const)(
    "ends with a fresh fold, the reference's tallies and the auditor's books: %s",
    async (name, runs, place) => {
      const seen = { kills: 0, forks: 0 };
      const property = fc.asyncProperty(killedScripts, async (script) => {
        const db = await place();
        const { chain, kills, forks } = await playKilled(script, db);
        seen.kills += kills;
        seen.forks += forks;
        await mustAgree(await readIndex(db), chain);
      });
      await replayed(property, { name, runs, shrink: false });
      console.log(`${name}: ${runs} scripts, ${seen.kills} kills, ${seen.forks} forks`);
      expect(seen.kills).toBeGreaterThanOrEqual(runs);
    },
    3_600_000,
  );
});
