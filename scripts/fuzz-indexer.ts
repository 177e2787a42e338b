/**
 * Plays random scripts of forks and deaths against the indexer: 1,000 in this process, which dies between any two writes,
 * and 50 with processes that are killed in earnest; of each some more on Postgres. `npm run fuzz:indexer -- --scripts
 * 5000 --killed 100 --seed 7`. The seed is printed; with it the same scripts run again, and what fails says how to play
 * just that script again.
 */

import { randomInt } from "node:crypto";
import { join } from "node:path";
import { Command } from "commander";
import { wholeNumberOption } from "./cli/arguments.ts";
import { root } from "./tool/root.ts";
import { run } from "./tool/run.ts";

const values = new Command("fuzz:indexer")
  .description("Plays random scripts of forks and deaths against the indexer; each must end like a fresh fold.")
  .option("--scripts <number>", "scripts in one process, which dies between any two writes", wholeNumberOption, 1_000)
  .option("--killed <number>", "scripts with processes that are killed in earnest", wholeNumberOption, 50)
  .option("--seed <number>", "the scripts of an earlier run", wholeNumberOption, randomInt(2 ** 31))
  .option("--only <name>", "one kind: sqlite, postgres, killed-sqlite or killed-postgres", "")
  .option("--path <path>", "one script, as the message of a failure names it", "")
  .addHelpText("after", "\nExample: npm run fuzz:indexer -- --scripts 5000 --killed 100 --seed 7")
  .parse()
  .opts<{ scripts: number; killed: number; seed: number; only: string; path: string }>();
const env = {
  INDEXER_SCRIPTS: String(values.scripts),
  INDEXER_KILLED_SCRIPTS: String(values.killed),
  INDEXER_SEED: String(values.seed),
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
