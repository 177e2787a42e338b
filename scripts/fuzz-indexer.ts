/**
 * Plays random scripts of forks and deaths against the indexer: 1,000 in this process, which dies between any two writes,
 * and 50 with processes that are killed in earnest; of each some more on Postgres. `npm run fuzz:indexer -- --scripts
 * 5000 --killed 100 --seed 7`. The seed is printed; with it the same scripts run again, and what fails says how to play
 * just that script again.
 */

import { randomInt } from "node:crypto";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./tool/root.ts";
import { run } from "./tool/run.ts";

const { values } = parseArgs({
  options: {
    scripts: { type: "string", default: "1000" },
    killed: { type: "string", default: "50" },
    seed: { type: "string", default: String(randomInt(2 ** 31)) },
    only: { type: "string", default: "" },
    path: { type: "string", default: "" },
  },
});
const env = {
  INDEXER_SCRIPTS: values.scripts,
  INDEXER_KILLED_SCRIPTS: values.killed,
  INDEXER_SEED: values.seed,
  INDEXER_PATH: values.path,
};
console.log(`the same again: npm run fuzz:indexer -- --seed ${values.seed}`);
const vitest = join(root, "node_modules/vitest/vitest.mjs");
for (const [project, file] of [
  ["parity", "indexerScripts"],
  ["integration", "killedScripts"],
] as const) {
  const isWanted = values.only === "" || values.only.startsWith("killed") === (file === "killedScripts");
  if (!isWanted) continue;
  const named = values.only === "" ? [] : ["-t", `books: ${values.only}`];
  const { code } = await run(vitest, ["run", "--project", project, file, "--retry", "0", ...named], {
    output: "show",
    env,
  });
  if (code === 0) continue;
  process.exitCode = 1;
  break;
}
