import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startPostgres } from "../support/postgres.ts";
import { measureCold } from "./measureCold.ts";
import { measurePonder } from "./measurePonder.ts";
import type { StaticChain } from "./startStaticChain.ts";

const INSTALL = "not there: run `npm install ponder@0.16 viem@2 hono@4` in an empty folder and name it in PONDER";

/** The cold sync of the indexer and of Ponder, each into an empty database of one Postgres; where one is missing, why. */
export async function measureOnPostgres(
  chain: StaticChain,
  given: { readonly events: number; readonly folder: string; readonly installed: string | undefined },
) {
  const { events, folder, installed } = given;
  const measured: { readonly label: string; readonly ms: number; readonly peakMb: number }[] = [];
  const missing: { readonly label: string; readonly why: string }[] = [];
  const attempt = async (label: string, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      missing.push({ label, why: String(error) });
    }
  };

  await attempt("on Postgres", async () => {
    const postgres = await startPostgres();
    try {
      const db = await postgres.database("coindrop");
      measured.push({ label: "cold sync into Postgres", ...(await measureCold(chain, { events, db })) });
      if (installed === undefined) {
        missing.push({ label: "Ponder", why: INSTALL });
        return;
      }
      await attempt("Ponder", async () => {
        const project = join(folder, "ponder");
        mkdirSync(project);
        const database = await postgres.database("ponder");
        const { version, ...cost } = await measurePonder(chain, { events, installed, database, folder: project });
        measured.push({ label: `Ponder ${version} into Postgres`, ...cost });
      });
    } finally {
      await postgres.close();
    }
  });
  return { measured, missing };
}
