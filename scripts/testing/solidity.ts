/**
 * Runs the Solidity tests in a process of its own and leaves the outcome in the file named by COINDROP_OUTCOME.
 * Arguments: words, of which a test file's path must contain one; none for all. Source: hardhat's `test solidity` task.
 */

import { globSync } from "node:fs";
import { createHardhatRuntimeEnvironment, importUserConfig, resolveHardhatConfigPath } from "hardhat/hre";
import { z } from "zod";
import { root } from "../tool/root.ts";
import { writeOutcome } from "./outcome.ts";

/** The part of what the task returns that we count by; a run with failures returns it as its error. */
const Suites = z.object({
  suiteResults: z.array(
    z.object({
      id: z.object({ name: z.string() }),
      testResults: z.array(z.object({ name: z.string(), status: z.string(), reason: z.string().optional() })),
    }),
  ),
});
const Result = z.union([
  z.object({ success: z.literal(true), value: Suites }),
  z.object({ success: z.literal(false), error: Suites }),
]);

const words = process.argv.slice(2).map((word) => word.toLowerCase());
const outcomeFile = process.env.COINDROP_OUTCOME;
if (outcomeFile === undefined)
  throw new Error("COINDROP_OUTCOME names no file; run this through `npm test -- solidity`");

const files = globSync("test/solidity/**/*.sol", { cwd: root }).filter(
  (file) => words.length === 0 || words.some((word) => file.toLowerCase().includes(word)),
);

if (files.length === 0) {
  writeOutcome(outcomeFile, { passed: 0, failed: [], shaky: [], skipped: [], faults: [] });
} else {
  const config = await importUserConfig(await resolveHardhatConfigPath());
  const hre = await createHardhatRuntimeEnvironment(config, {}, root);
  const testFiles = words.length === 0 ? [] : files;
  const result = Result.parse(await hre.tasks.getTask(["test", "solidity"]).run({ testFiles }));
  const { suiteResults } = result.success ? result.value : result.error;
  const tests = suiteResults.flatMap((suite) =>
    suite.testResults.map((test) => ({ ...test, name: `${suite.id.name} ${test.name}` })),
  );
  const withStatus = (status: string) => tests.filter((test) => test.status === status);
  const failed = withStatus("Failure").map(({ name, reason }) => (reason === undefined ? name : `${name}: ${reason}`));
  writeOutcome(outcomeFile, {
    passed: withStatus("Success").length,
    failed,
    shaky: [],
    skipped: withStatus("Skipped").map(({ name, reason }) => ({ name, reason: reason ?? "no reason given" })),
    faults: result.success || failed.length > 0 ? [] : ["solidity: the run broke off; its error stands above"],
  });
}
