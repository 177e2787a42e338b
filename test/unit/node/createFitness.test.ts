import { expect, test } from "vitest";
import type { RunnerState } from "../../../inference-node/engine/modelRunner.ts";
import { createFitness } from "../../../inference-node/serve/createFitness.ts";

const runnerIn = (...states: RunnerState[]) => ({
  state: () => (states.length > 1 ? states.shift() : states[0]) ?? "closed",
});

test.each<[string, RunnerState[], boolean]>([
  ["sleeps until somebody asks", ["asleep"], true],
  ["is on its way", ["loading"], true],
  ["failed before it ever ran, as one that does not fit the memory", ["failed"], false],
  ["was given up after it ran", ["ready", "quarantined"], false],
  ["fell over once after it ran", ["ready", "failed"], true],
])("a model that %s", (_, states, expected) => {
  const isFit = createFitness();
  const runner = runnerIn(...states);
  const answers = states.map(() => isFit(runner));
  expect(answers.at(-1)).toBe(expected);
});
