import type { EmbedJob, GenerationJob, LoadedModel, LoadOptions } from "./childProtocol.ts";
import { EngineError } from "./engineError.ts";
import type { Answered, AnswerHandlers, Embedded, ModelProcess, ProcessLimits } from "./modelProcess.ts";
import { startModelProcess } from "./modelProcess.ts";
import { createTurns } from "./turns.ts";

export type RunnerOptions = {
  readonly load: LoadOptions;
  readonly limits: ProcessLimits;
  /** Requests that may wait while another one is answered. */
  readonly maxWaiting: number;
  /** Milliseconds before the first restart after a failure; doubles with each further one up to a minute. */
  readonly restartMs: number;
  /**
   * Runs before each start; when it throws, nothing is started. Returns a question that is asked after loading: did the
   * file stay as it was? A model that was loaded from another file answers nobody.
   */
  readonly check?: () => Promise<() => Promise<boolean>>;
  readonly start?: typeof startModelProcess;
  readonly now?: () => number;
  readonly onChange?: (state: RunnerState, detail: string) => void;
};

export type RunnerState = "asleep" | "loading" | "ready" | "failed" | "closed";

/** Keeps one model answering: loads it when needed, queues requests, starts it again after it failed. */
export type ModelRunner = {
  readonly state: () => RunnerState;
  readonly pid: () => number | undefined;
  /** Requests answered now or waiting. */
  readonly load: () => number;
  readonly wake: () => Promise<LoadedModel>;
  readonly generate: (job: GenerationJob, handlers: AnswerHandlers, signal: AbortSignal) => Promise<Answered>;
  readonly embed: (job: EmbedJob, signal: AbortSignal) => Promise<Embedded>;
  readonly close: () => Promise<void>;
};

/** Longest a request waits for a model that is about to start again; beyond it the caller is told when to come back. */
const patienceMs = 3_000;
const longestRestartMs = 60_000;

export function createModelRunner(options: RunnerOptions): ModelRunner {
  const start = options.start ?? startModelProcess;
  const now = options.now ?? Date.now;
  const turns = createTurns(options.maxWaiting);
  let state: RunnerState = "asleep";
  let current: ModelProcess | null = null;
  let starting: Promise<ModelProcess> | null = null;
  let failures = 0;
  let notBefore = 0;

  const become = (next: RunnerState, detail = ""): void => {
    state = next;
    options.onChange?.(next, detail);
  };

  /** Puts the next start off, longer after each failure. Returns for how long, in milliseconds. */
  const backOff = (): number => {
    const wait = Math.min(longestRestartMs, options.restartMs * 2 ** failures);
    notBefore = now() + wait;
    failures += 1;
    return wait;
  };

  const begin = async (): Promise<ModelProcess> => {
    let untouched: () => Promise<boolean> = async () => true;
    try {
      if (options.check !== undefined) untouched = await options.check();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (state !== "closed") {
        backOff();
        become("failed", reason);
      }
      throw new EngineError("load_failed", reason);
    }
    if (state === "closed") throw closed();
    const started = start(options.load, options.limits);
    const loaded = started.loaded.then(async (model) => {
      if (await untouched()) return model;
      started.kill();
      throw new EngineError("load_failed", "the model file was changed while it was loaded");
    });
    loaded.catch(() => undefined);
    const process = { ...started, loaded };
    current = process;
    become("loading");
    process.loaded.then(
      (loaded) => {
        if (current === process && state === "loading") become("ready", `${Math.round(loaded.loadMs)} ms`);
      },
      () => undefined,
    );
    void process.exited.then((reason) => {
      if (current !== process) return;
      current = null;
      if (state === "closed") return;
      const wait = backOff();
      const worked = state === "ready";
      become("failed", reason);
      // One that had worked is wanted again; one that never loaded waits for somebody to ask.
      if (worked) setTimeout(() => void running().catch(() => undefined), wait).unref();
    });
    return process;
  };

  const running = async (): Promise<ModelProcess> => {
    for (;;) {
      if (state === "closed") throw closed();
      if (current !== null) return current;
      const wait = notBefore - now();
      if (wait > patienceMs) {
        throw new EngineError("restarting", "the model failed and is being started again", Math.ceil(wait / 1000));
      }
      if (wait <= 0) {
        starting ??= begin().finally(() => {
          starting = null;
        });
        return await starting;
      }
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  };

  return {
    state: () => state,
    pid: () => current?.pid,
    load: turns.size,
    async wake() {
      return await (await running()).loaded;
    },
    generate: (job, handlers, signal) =>
      turns.take(signal, async () => {
        const process = await running();
        await process.loaded;
        const answered = await process.generate(job, handlers, signal);
        failures = 0;
        return answered;
      }),
    embed: (job, signal) =>
      turns.take(signal, async () => {
        const process = await running();
        await process.loaded;
        return await process.embed(job, signal);
      }),
    async close() {
      become("closed");
      const process = current;
      process?.kill();
      await process?.exited;
    },
  };
}

function closed(): EngineError {
  return new EngineError("closed", "the node is shutting down");
}
