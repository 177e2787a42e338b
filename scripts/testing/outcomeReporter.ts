/** Vitest reporter that leaves the run's outcome in the file named by COINDROP_OUTCOME. */

import type { SerializedError } from "vitest";
import type { Reporter, TestCase, TestModule } from "vitest/node";
import { type Outcome, writeOutcome } from "./outcome.ts";

/** A class and a default export, since vitest asks for both. */
// biome-ignore lint/style/noDefaultExport: vitest loads a reporter by it
export default class OutcomeReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const file = process.env.COINDROP_OUTCOME;
    if (file === undefined) throw new Error("COINDROP_OUTCOME names no file; this reporter serves `npm test`");
    writeOutcome(file, outcomeOf(modules, unhandled));
  }
}

function outcomeOf(modules: readonly TestModule[], unhandled: readonly SerializedError[]): Outcome {
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const withState = (state: string) => tests.filter((test) => test.result().state === state);
  const suites = modules.flatMap((module) => [module, ...module.children.allSuites()]);
  return {
    passed: withState("passed").length,
    failed: withState("failed").map(withError),
    shaky: withState("passed")
      .filter((test) => test.diagnostic()?.flaky === true)
      .map(withError),
    skipped: [...withState("skipped"), ...withState("pending")].map((test) => {
      const result = test.result();
      return {
        name: test.fullName,
        reason: (result.state === "skipped" ? result.note : "it never ran") ?? "no reason given",
      };
    }),
    faults: [
      ...suites.flatMap((suite) => suite.errors().map((error) => `${placeOf(suite)}: ${error.message}`)),
      ...unhandled.map((error) => `outside of a test: ${error.message}`),
    ],
  };
}

/** `file: test: what it said`. */
function withError(test: TestCase): string {
  const [error] = test.result().errors ?? [];
  const name = `${test.module.relativeModuleId}: ${test.fullName}`;
  return error === undefined ? name : `${name}: ${firstLine(error.message)}`;
}

function firstLine(text: string): string {
  return (text.split("\n")[0] ?? "").slice(0, 300);
}

function placeOf(suite: { readonly type: string; readonly fullName?: string; readonly moduleId?: string }): string {
  return suite.fullName ?? suite.moduleId ?? suite.type;
}
