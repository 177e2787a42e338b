import type { ModelRunner } from "../engine/modelRunner.ts";

type Runner = Pick<ModelRunner, "state">;

/** Tells which models a node may say it serves: not one that was given up, nor one that failed and never ran. */
export function createFitness(): (runner: Runner) => boolean {
  const ran = new WeakSet<Runner>();
  return (runner) => {
    const state = runner.state();
    if (state === "ready") ran.add(runner);
    return state !== "quarantined" && (state !== "failed" || ran.has(runner));
  };
}
