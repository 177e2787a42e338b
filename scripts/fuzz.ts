/**
 * Runs fuzz tests and invariants for hours: `npm run fuzz -- --hours 3 Invariants Orders` (words of test files). Each round has a
 * seed of its own, printed before it; `--seed 0x…` runs that one round again. Ends with 1 at the first failure.
 */

import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./tool/root.ts";
import { run } from "./tool/run.ts";

const HOUR = 3_600_000;
/** What a round looks through unless the environment says otherwise: some minutes on two cores. */
const ROUND = { FUZZ_RUNS: "5000", INVARIANT_RUNS: "500", INVARIANT_DEPTH: "100" };

const { values, positionals } = parseArgs({
  options: { hours: { type: "string", default: "1" }, seed: { type: "string" } },
  allowPositionals: true,
});
const hours = Number(values.hours);
if (!(hours > 0)) throw new Error(`--hours must be a number above 0, got "${values.hours}"`);
const end = Date.now() + hours * HOUR;

for (let round = 1; round === 1 || (values.seed === undefined && Date.now() < end); round += 1) {
  const seed = values.seed ?? `0x${randomBytes(32).toString("hex")}`;
  console.log(`round ${round}, the same again: npm run fuzz -- ${["--seed", seed, ...positionals].join(" ")}`);
  const env = { ...ROUND, ...onlySet(process.env), FUZZ_SEED: seed };
  const { code } = await run(join(root, "scripts/test.ts"), ["solidity", ...positionals], { output: "show", env });
  if (code === 0) continue;
  process.exitCode = 1;
  break;
}

/** Of the figures of a round, those that the environment sets. */
function onlySet(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.keys(ROUND).flatMap((name) => {
      const value = environment[name];
      return value === undefined || value === "" ? [] : [[name, value]];
    }),
  );
}
