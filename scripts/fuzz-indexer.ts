/**
 * Plays 1,000 random scripts of forks and deaths against the indexer, and kills its process fifty times in earnest:
 * `npm run fuzz:indexer -- --scripts 5000 --kills 100 --seed 7`. The seed is printed; with it the same scripts run again.
 */

import { randomInt } from "node:crypto";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./tool/root.ts";
import { run } from "./tool/run.ts";

const { values } = parseArgs({
  options: {
    scripts: { type: "string", default: "1000" },
    kills: { type: "string", default: "50" },
    seed: { type: "string", default: String(randomInt(2 ** 31)) },
  },
});
const env = { INDEXER_SCRIPTS: values.scripts, INDEXER_KILLS: values.kills, INDEXER_SEED: values.seed };
console.log(`the same again: npm run fuzz:indexer -- --seed ${values.seed}`);
for (const part of [
  ["parity", "indexerScripts"],
  ["integration", "indexer/process"],
]) {
  const { code } = await run(join(root, "scripts/test.ts"), part, { output: "show", env });
  if (code === 0) continue;
  process.exitCode = 1;
  break;
}
