import { monotonic } from "../monotonic.ts";
import type { EmbedJob, GenerationJob, LoadedModel, LoadOptions } from "./childProtocol.ts";
import { EngineError, publicMessageOf } from "./engineError.ts";

import type { Resident } from "./memoryBudget.ts";
import type { Answered, AnswerHandlers, Embedded, ModelProcess, ProcessLimits } from "./modelProcess.ts";

import { startModelProcess } from "./modelProcess.ts";
import { createTurns } from "./turns.ts";

export type RunnerOptions = {
  readonly load: LoadOptions;
  readonly limits: ProcessLimits;
  /** Requests that may wait while as many as there are sequences are answered. */
  readonly maxWaiting: number;
  /** Milliseconds before the first restart after a failure; doubles with each further one up to a minute. */
  readonly restartMs: number;
  /**
   * Runs before each start; when it throws, nothing is started. Returns a question that is asked after loading: did the
   * file stay as it was? A model that was loaded from another file answers nobody.
   */
  readonly check?: () => Promise<() => Promise<boolean>>;
  /** Failures in a row after which the model is left alone for `quarantineMs`; absent: five, and an hour. */
  readonly quarantine?: { readonly after: number; readonly ms: number };
  /**
   * Sets memory aside before each start and returns what gives it back; when it throws, nothing is started. `wanted`:
   * whether a request waits.
   */
  readonly admit?: (resident: Resident, wanted: boolean) => Promise<() => void>;
  /** Sets memory aside before a process makes vectors for the first time: that takes a context of its own. */
  readonly admitVectors?: (resident: Resident) => Promise<() => void>;
  readonly start?: typeof startModelProcess;
  /** Milliseconds of a clock that nobody sets; the process's own where absent. */
  readonly elapsed?: (() => number) | undefined;
  readonly onChange?: (state: RunnerState, detail: string) => void;
};

export type RunnerState = "asleep" | "loading" | "ready" | "failed" | "quarantined" | "closed";

/** Keeps one model answering: loads it when needed, queues requests, starts it again after it failed. */
export type ModelRunner = {
  readonly state: () => RunnerState;
  /** Why it failed last, as anybody may read it; null while it is well. `onChange` is told the whole of it. */
  readonly reason: () => string | null;
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
const usualQuarantine = { after: 5, ms: 3_600_000 };

export function createModelRunner(options: RunnerOptions): ModelRunner {
  const start = options.start ?? startModelProcess;
  const elapsed = options.elapsed ?? monotonic;
  const turns = createTurns(options.maxWaiting, options.load.sequences);
  let state: RunnerState = "asleep";
  let current: ModelProcess | null = null;
  let starting: Promise<ModelProcess> | null = null;
  let failures = 0;
  let notBefore = 0;
  let reason: string | null = null;
  let usedAt = elapsed();
  const quarantine = options.quarantine ?? usualQuarantine;

  const become = (next: RunnerState, detail = "", told = detail): void => {
    state = next;
    if (next === "ready" || next === "asleep") reason = null;
    if (next === "failed" || next === "quarantined") reason = told;
    options.onChange?.(next, detail);
  };

  /** A file that fails again and again is left alone: restarting it costs the others time and memory. */
  const fail = (error: EngineError): number => {
    const wait = backOff();
    const [why, told] = [error.message, publicMessageOf(error)];
    if (failures < quarantine.after) become("failed", why, told);
    else {
      notBefore = elapsed() + quarantine.ms;
      const until = new Date(Date.now() + quarantine.ms).toISOString();
      const before = `failed ${failures} times in a row, left alone until ${until}: `;
      become("quarantined", before + why, before + told);
    }
    return wait;
  };

  const resident: Resident = {
    idle: () => current !== null && turns.size() === 0 && state === "ready",
    loading: () => state === "loading" || starting !== null,
    usedAt: () => usedAt,
    async rest() {
      const process = current;
      current = null;
      become("asleep", "made room for another model");
      process?.kill();
      await process?.exited;
    },
  };

  /** Puts the next start off, longer after each failure. Returns for how long, in milliseconds. */
  const backOff = (): number => {
    const wait = Math.min(longestRestartMs, options.restartMs * 2 ** failures);
    notBefore = elapsed() + wait;
    failures += 1;
    return wait;
  };

  const begin = async (): Promise<ModelProcess> => {
    let untouched: () => Promise<boolean> = async () => true;
    try {
      if (options.check !== undefined) untouched = await options.check();
    } catch (error) {
      const why = new EngineError("load_failed", error instanceof Error ? error.message : String(error));
      if (state !== "closed") {
        backOff();
        become("failed", why.message, publicMessageOf(why));
      }
      throw why;
    }
    let giveBack = (): void => undefined;
    try {
      if (options.admit !== undefined) giveBack = await options.admit(resident, turns.size() > 0);
    } catch (error) {
      if (state !== "closed") {
        const why = error instanceof EngineError ? error : new EngineError("load_failed", String(error));
        become("failed", why.message, publicMessageOf(why));
      }
      throw error;
    }
    if (state === "closed") {
      giveBack();
      throw closed();
    }
    usedAt = elapsed();
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
    void process.exited.then((why) => {
      giveBack();
      if (current !== process) return;
      current = null;
      if (state === "closed") return;
      const worked = state === "ready";
      // Whoever hangs up must not get a model quarantined.
      if (process.killedOnCancel()) failures -= 1;
      const wait = fail(why);
      // One that had worked is wanted again; one that never loaded waits for somebody to ask.
      if (worked && state === "failed") setTimeout(() => void running().catch(() => undefined), wait).unref();
    });
    return process;
  };

  const rooms = new WeakMap<ModelProcess, { given: Promise<void> | null; grown: boolean }>();
  /** Room for a process's vectors, kept until it ends. Returns what is told that the memory is taken. */
  const roomForVectors = async (process: ModelProcess): Promise<() => void> => {
    const room = rooms.get(process) ?? { given: null, grown: false };
    rooms.set(process, room);
    const admit = async (): Promise<void> => {
      const giveBack = await options.admitVectors?.({ ...resident, idle: () => false, loading: () => !room.grown });
      void process.exited.then(giveBack);
    };
    room.given ??= admit();
    await room.given.catch((error: unknown) => {
      room.given = null;
      throw error;
    });
    return () => {
      room.grown = true;
    };
  };

  const running = async (): Promise<ModelProcess> => {
    for (;;) {
      if (state === "closed") throw closed();
      if (current !== null) return current;
      const wait = notBefore - elapsed();
      if (wait > 0 && state === "quarantined") {
        const words = "the model failed too often on this node and is left alone";
        throw new EngineError("quarantined", words, Math.ceil(wait / 1000));
      }
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
    reason: () => reason,
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
        usedAt = elapsed();
        return answered;
      }),
    embed: (job, signal) =>
      turns.take(signal, async () => {
        const process = await running();
        await process.loaded;
        const taken = await roomForVectors(process);
        const embedded = await process.embed(job, signal);
        taken();
        failures = 0;
        usedAt = elapsed();
        return embedded;
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
