import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DeepReorgError } from "../../indexer/chain/errors.ts";
import { playScript, scripts } from "../support/indexerScript.ts";
import { startPostgres } from "../support/postgres.ts";
import { replayed } from "../support/replayed.ts";
import { mustAgree } from "../support/scriptBooks.ts";
import { FINALITY } from "../support/scriptedFollower.ts";
import { postgresHome, sqliteHome } from "../support/scriptHomes.ts";

/** Scripts in the test; `npm run fuzz:indexer` plays 1,000, and a tenth as many on Postgres. */
const SCRIPTS = Number(process.env["INDEXER_SCRIPTS"] ?? 40);

describe("an indexer that dies between any two writes while the chain forks", () => {
  let postgres: Awaited<ReturnType<typeof startPostgres>>;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres?.close());

  test.each([
    ["sqlite", SCRIPTS, sqliteHome],
    ["postgres", Math.ceil(SCRIPTS / 10), () => postgresHome(postgres.url)],
  ] as const)(
    "ends with a fresh fold, the reference's tallies and the auditor's books: %s",
    async (name, runs, homeOf) => {
      const seen = { crashes: 0, forks: 0 };
      const property = fc.asyncProperty(scripts, async (script) => {
        const played = await playScript(script, homeOf());
        seen.crashes += played.crashes;
        seen.forks += played.forks;
        await mustAgree(played.tables, played.chain);
      });
      await replayed(property, { name, runs });
      // The scripts did what they are for.
      console.log(`${name}: ${runs} scripts, ${seen.crashes} deaths, ${seen.forks} forks`);
      expect(Math.min(seen.crashes, seen.forks)).toBeGreaterThan(runs / 5);
    },
    3_600_000,
  );

  test.each([
    ["is followed", true, 0],
    ["is followed, without a finalized tag", false, 0],
    ["and one block deeper ends it, with what to do", true, 1],
    ["and one block deeper ends it, without a finalized tag", false, 1],
  ])("a fork down to the newest final block %s", async (_, hasTag, deeper) => {
    const move = { voter: 1, entryId: 1, stake: 5n };
    const mine = Array.from({ length: 20 }, () => ({ kind: "mine", moves: [move], seconds: 1 }) as const);
    const look = { kind: "look", crash: undefined } as const;
    const acts = [...mine, look, ...mine, look, { kind: "rewrite", depth: FINALITY + deeper } as const];
    const ended = playScript({ hasTag, acts });
    if (deeper === 0) {
      const { tables, chain } = await ended;
      return mustAgree(tables, chain);
    }
    await expect(ended).rejects.toThrow(DeepReorgError);
    await expect(ended).rejects.toThrow(/delete the database and start again/);
  });
});
