import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Tally } from "#protocol/tally.ts";
import { DeepReorgError } from "../../indexer/chain/errors.ts";
import type { EntryRow } from "../../indexer/project/tables.ts";
import { foldAnew, playScript, scripts } from "../support/indexerScript.ts";
import { CONTEST, FACTORY, RULES } from "../support/scriptedLogs.ts";
import { logOfRaw, readByAuditor, readByIndexer } from "./readersOf.ts";

/** Scripts in the test; `npm run fuzz:indexer` plays 1,000. */
const SCRIPTS = Number(process.env["INDEXER_SCRIPTS"] ?? 40);

describe("an indexer that dies between any two writes while the chain forks", () => {
  test("ends with a fresh fold, the reference's tallies and the auditor's books", { timeout: 3_600_000 }, async () => {
    const seen = { crashes: 0, forks: 0 };
    await fc.assert(
      fc.asyncProperty(scripts, async (script) => {
        const { chain, tables, crashes, forks } = await playScript(script);
        seen.crashes += crashes;
        seen.forks += forks;
        expect(tables).toEqual(await foldAnew(chain));
        const rows = tables["entries"] as readonly EntryRow[];
        expect(
          rows.map(({ weight, acc, last }): Tally => ({ weight, acc, last: BigInt(last), status: "live" })),
        ).toEqual(chain.tallies());
        const { logs, times } = chain.said();
        const told = { logs: logs.map(logOfRaw), times, factory: FACTORY, contest: CONTEST };
        const { reading, broken } = readByAuditor(told, RULES);
        expect(broken).toEqual([]);
        expect(await readByIndexer(told, RULES)).toEqual(reading);
      }),
      { numRuns: SCRIPTS, ...seedOf() },
    );
    // The scripts did what they are for.
    expect(seen.crashes).toBeGreaterThan(SCRIPTS / 5);
    expect(seen.forks).toBeGreaterThan(SCRIPTS / 5);
  });

  test("a fork below the chain's finalized block ends it, with what to do", async () => {
    const acts = [
      ...Array.from(
        { length: 20 },
        () => ({ kind: "mine", moves: [{ voter: 1, entryId: 1, stake: 5n }], seconds: 1 }) as const,
      ),
      { kind: "look", crash: undefined } as const,
      { kind: "rewrite", depth: 9 } as const,
    ];
    const ended = playScript({ hasTag: true, acts });
    await expect(ended).rejects.toThrow(DeepReorgError);
    await expect(ended).rejects.toThrow(/delete the database and start again/);
  });
});

function seedOf(): { seed: number } | Record<string, never> {
  const seed = process.env["INDEXER_SEED"];
  return seed === undefined || seed === "" ? {} : { seed: Number(seed) };
}
