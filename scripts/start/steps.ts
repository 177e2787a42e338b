import { styleText } from "node:util";

export type Steps = {
  /** Runs one step and reports it when it is done; `result` words the outcome. */
  readonly run: <T>(name: string, work: () => Promise<T>, result?: (value: T) => string) => Promise<T>;
};

/** Widest name of a step. */
const WIDTH = 9;

/** Reports steps of a start, some of which run side by side: one line each as it is done. */
export function createSteps(write: (line: string) => void, now: () => number = () => performance.now()): Steps {
  return {
    async run(name, work, result = () => "") {
      const started = now();
      const value = await work();
      const seconds = ((now() - started) / 1_000).toFixed(1);
      const mark = styleText("green", "✓");
      write(
        `  ${mark} ${name.padEnd(WIDTH)} ${result(value)} ${styleText("dim", `${seconds} s`)}`.replace(
          "  \u001b[2m",
          " \u001b[2m",
        ),
      );
      return value;
    },
  };
}
