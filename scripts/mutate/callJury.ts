/** Workers that try changed contracts side by side. */

import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { Effort } from "../solidity/openBench.ts";
import { root } from "../tool/root.ts";
import { Answer, type Trial } from "./trial.ts";

/** `stuck`: it did not come back in time, or took its process down. Tests would not pass it either. */
export type Judged = Answer | "stuck";
export type Jury = { readonly judge: (trial: Trial) => Promise<Judged>; readonly close: () => void };

/** A jury of `size` processes. `patience`: milliseconds for one trial. */
export function callJury(options: { readonly size: number; readonly patience: number; readonly effort: Effort }): Jury {
  const { size, patience, effort } = options;
  const args = [effort.fuzzRuns, effort.invariantRuns, effort.invariantDepth].map(String);
  const idle: ChildProcess[] = [];
  const all = new Set<ChildProcess>();
  const waiting: ((child: ChildProcess) => void)[] = [];
  const free = (child: ChildProcess) => {
    const next = waiting.shift();
    if (next === undefined) idle.push(child);
    else next(child);
  };
  const hire = () => {
    const child = fork(join(root, "scripts/mutate/worker.ts"), args, { cwd: root });
    all.add(child);
    return child;
  };
  for (let i = 0; i < size; i += 1) free(hire());

  return {
    async judge(trial) {
      const child = idle.pop() ?? (await new Promise<ChildProcess>((resolve) => waiting.push(resolve)));
      const judged = await ask(child, trial, patience);
      if (judged === "stuck") {
        all.delete(child);
        child.kill("SIGKILL");
        free(hire());
      } else free(child);
      return judged;
    },
    close: () => {
      for (const child of all) child.kill("SIGKILL");
    },
  };
}

function ask(child: ChildProcess, trial: Trial, patience: number): Promise<Judged> {
  return new Promise((resolve) => {
    const settle = (judged: Judged) => {
      clearTimeout(alarm);
      child.off("message", onMessage).off("exit", onExit);
      resolve(judged);
    };
    const onMessage = (message: unknown) => settle(Answer.parse(message));
    const onExit = () => settle("stuck");
    const alarm = setTimeout(onExit, patience);
    child.on("message", onMessage).on("exit", onExit);
    child.send(trial);
  });
}
