import type { Exit, Service, ServiceSpec } from "./service.ts";
import { describeExit, startService } from "./service.ts";

/** Milliseconds before the first restart, the longest pause, and after how long a life counts as a good one. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
const GOOD_LIFE = 60_000;
/** Milliseconds that a process has to end by itself. */
const GRACE = 5_000;

export type Kept = {
  /** The first life's line of facts. */
  readonly ready: Service["ready"];
  readonly stop: () => Promise<void>;
};

export type KeepOptions = {
  /** Called with a sentence when a process dies or comes back. */
  readonly say: (sentence: string) => void;
  /** What to do when it dies unexpectedly: start it again, or tell the caller that all is over. */
  readonly onDeath: "restart" | ((exit: Exit) => void);
};

/** Runs a service until `stop`. */
export function keepRunning(spec: ServiceSpec, { say, onDeath }: KeepOptions): Kept {
  let isStopping = false;
  let timer: NodeJS.Timeout | undefined;
  let pause = FIRST_PAUSE;
  let service = start();
  const first = service.ready;
  return { ready: first, stop };

  function start(): Service {
    const startedAt = Date.now();
    const started = startService(spec);
    void started.exited.then((exit) => {
      if (isStopping) return;
      if (onDeath !== "restart") return onDeath(exit);
      if (Date.now() - startedAt > GOOD_LIFE) pause = FIRST_PAUSE;
      say(
        `${spec.name} ended unexpectedly (${describeExit(exit)}); starting it again in ${pause / 1_000} s. Log: ${spec.logFile}`,
      );
      timer = setTimeout(() => {
        service = start();
        service.ready.then(
          () => say(`${spec.name} is back.`),
          () => {},
        );
      }, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    });
    return started;
  }

  async function stop(): Promise<void> {
    isStopping = true;
    clearTimeout(timer);
    service.kill("SIGTERM");
    const insist = setTimeout(() => service.kill("SIGKILL"), GRACE);
    await service.exited;
    clearTimeout(insist);
  }
}
