/**
 * Runs the house's tests: `npm test`, or parts of them, `npm test -- unit indexer` (stages, then words of file names).
 * The last line is `N passed, N failed` for the whole. Fails, too, when a runner crashes or finds nothing to run.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closingLine, type Outcome, readOutcome } from "./testing/outcome.ts";
import { root } from "./tool/root.ts";
import { run } from "./tool/run.ts";
import { toolPath } from "./tool/toolPath.ts";

const STAGES = ["solidity", "unit", "parity", "integration", "e2e"] as const;
type Stage = (typeof STAGES)[number];

const words = process.argv.slice(2);
const named = STAGES.filter((stage) => words.includes(stage));
const stages = named.length > 0 ? named : STAGES;
const filters = words.filter((word) => !named.some((stage) => stage === word));

const folder = mkdtempSync(join(tmpdir(), "coindrop-test-"));
const outcomes = new Map<Stage, Outcome>();
try {
  for (const stage of stages) {
    const started = performance.now();
    console.log(`\n── ${stage} ──`);
    const outcome = await runStage(stage);
    outcomes.set(stage, outcome);
    console.log(`${stage}: ${closingLine([outcome])} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
report();

async function runStage(stage: Stage): Promise<Outcome> {
  const file = join(folder, `${stage}.json`);
  const env = { COINDROP_OUTCOME: file };
  const reporters = ["--reporter=default", `--reporter=${join(root, "scripts/testing/outcomeReporter.ts")}`];
  const { code } =
    stage === "solidity"
      ? await run(join(root, "scripts/testing/solidity.ts"), filters, { output: "show", env })
      : await run(toolPath("vitest"), ["run", "--project", stage, "--passWithNoTests", ...reporters, ...filters], {
          output: "show",
          env,
        });
  return judge(stage, code, readOutcome(file));
}

/** A stage that fails without a failed test, or is whole and runs none, is a fault: silence is no success. */
function judge(stage: Stage, code: number, outcome: Outcome | undefined): Outcome {
  const seen = outcome ?? { passed: 0, failed: [], shaky: [], skipped: [], faults: [] };
  const faults = [...seen.faults];
  const explained = seen.failed.length > 0 || faults.length > 0;
  if (code !== 0 && !explained)
    faults.push(`${stage}: the runner ended with code ${code} outside of any test; what it said stands above`);
  if (code === 0 && outcome === undefined && filters.length === 0) faults.push(`${stage}: the runner left no result`);
  if (code === 0 && filters.length === 0 && seen.passed + seen.failed.length === 0)
    faults.push(`${stage}: no test ran`);
  return { ...seen, faults };
}

function report(): void {
  const all = [...outcomes.values()];
  const ran = all.some((outcome) => outcome.passed + outcome.failed.length + outcome.faults.length > 0);
  const nothing: Outcome = {
    passed: 0,
    failed: [],
    shaky: [],
    skipped: [],
    faults: [`no test file in ${stages.join(", ")} matches ${filters.join(", ")}`],
  };
  const closing = ran ? all : [...all, nothing];
  console.log("");
  for (const { name, reason } of closing.flatMap((outcome) => outcome.skipped))
    console.log(`skipped: ${name}: ${reason}`);
  for (const name of closing.flatMap((outcome) => outcome.shaky)) console.log(`passed only at the second try: ${name}`);
  for (const fault of closing.flatMap((outcome) => [...outcome.failed, ...outcome.faults]))
    console.log(`failed: ${fault}`);
  console.log(closingLine(closing));
  process.exitCode = closing.some((outcome) => outcome.failed.length + outcome.faults.length > 0) ? 1 : 0;
}
