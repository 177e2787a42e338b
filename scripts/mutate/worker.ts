/** A process that tries changed contracts one after the other; the jury ends it when one never comes back. */

import { compileContracts } from "../solidity/compileContracts.ts";
import { openBench } from "../solidity/openBench.ts";
import { type Answer, Trial } from "./trial.ts";

const [fuzzRuns = 8, invariantRuns = 2, invariantDepth = 32] = process.argv.slice(2).map(Number);
const bench = await openBench({ fuzzRuns, invariantRuns, invariantDepth });

process.on("message", (message) => {
  answer(Trial.parse(message)).then(
    (found) => process.send?.(found),
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
});

async function answer({ sources, suites = [...bench.suites], pattern, ignored, untilRed }: Trial): Promise<Answer> {
  const failed: string[] = [];
  const passed: string[] = [];
  const took: Record<string, number> = {};
  const contracts = compileContracts(sources);
  if (typeof contracts === "string") return { refused: contracts, failed, passed, took };
  for (const suite of suites) {
    const started = performance.now();
    const results = await bench.runSuites([suite], contracts, { pattern });
    took[suite] = Math.round(performance.now() - started);
    for (const { name, failed: isRed } of results) {
      const test = `${suite} ${name}`;
      if (!ignored.includes(test)) (isRed ? failed : passed).push(test);
    }
    if (untilRed && failed.length > 0) break;
  }
  return { failed, passed, took };
}
