import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { childEnvironment } from "./childEnvironment.ts";
import type { EmbedJob, FromChild, GenerationJob, LoadedModel, LoadOptions, ToChild } from "./childProtocol.ts";
import { fromChildSchema } from "./childProtocol.ts";
import { EngineError } from "./engineError.ts";

export type ProcessLimits = {
  /** Milliseconds from fork to a loaded model. */
  readonly loadMs: number;
  /** Milliseconds without a sign of life from a child at work. */
  readonly stallMs: number;
  /** Milliseconds that a cancelled answer may take to stop, or the child to say that it is alive. */
  readonly cancelMs: number;
};

export type AnswerHandlers = {
  readonly onPrompt: (tokens: readonly number[]) => void;
  readonly onText: (text: string) => void;
};

/** Vectors in the order of the texts, each of length 1; `tokens`: of all texts together. */
export type Embedded = { readonly vectors: readonly (readonly number[])[]; readonly tokens: number };

export type Answered = { readonly finish: "stop" | "length" | "cancelled"; readonly tokens: readonly number[] };

/** One child process with one model in it. It is never reused after it failed. */
export type ModelProcess = {
  readonly pid: number | undefined;
  readonly loaded: Promise<LoadedModel>;
  /** Settles when the process and all that it started are gone and their memory is free, with the reason. */
  readonly exited: Promise<EngineError>;
  /** Whether it was killed since it did not heed a client that hung up. */
  readonly killedOnCancel: () => boolean;
  readonly generate: (job: GenerationJob, handlers: AnswerHandlers, signal: AbortSignal) => Promise<Answered>;
  readonly embed: (job: EmbedJob, signal: AbortSignal) => Promise<Embedded>;
  readonly kill: () => void;
};

/** Milliseconds after which a process that its parent is rid of is not waited for any longer. */
const lingerMs = 10_000;

/** What ends a piece of work that went well. */
type Outcome = Extract<FromChild, { type: "done" | "embedded" }>;

type Active = {
  readonly id: number;
  readonly handlers: AnswerHandlers;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: Error) => void;
  timer?: NodeJS.Timeout;
};

/**
 * Forks a child, has it load the model, and watches it.
 *
 * A child that does not load, answer or stop in time is killed with SIGKILL, since hostile files make it deaf to
 * anything milder. It gets neither the parent's environment (keys may be in it) nor its output.
 */
export function startModelProcess(options: LoadOptions, limits: ProcessLimits): ModelProcess {
  const child = fork(fileURLToPath(new URL("./child.ts", import.meta.url)), [], {
    // The last is written to by nobody: it closes once the child and a llama-server that it started are gone.
    stdio: ["ignore", "ignore", "pipe", "ipc", "pipe"],
    env: childEnvironment(),
    execArgv: ["--max-old-space-size=2048"],
  });
  const loaded = Promise.withResolvers<LoadedModel>();
  const exited = Promise.withResolvers<EngineError>();
  loaded.promise.catch(() => undefined);
  const active = new Map<number, Active>();
  let nextId = 1;
  let why: EngineError | null = null;
  const heedless = new EngineError("stalled", "the model did not stop when it was told to");
  let complaint = "";
  let ending = new EngineError("crashed", "the model's process ended");

  const kill = (): void => {
    child.kill("SIGKILL");
  };
  const killAfter = (milliseconds: number, error: EngineError): NodeJS.Timeout =>
    setTimeout(() => {
      why ??= error;
      kill();
    }, milliseconds);
  const watch = (current: Active, milliseconds: number, error: EngineError): void => {
    clearTimeout(current.timer);
    current.timer = killAfter(milliseconds, error);
  };
  const send = (message: ToChild): void => {
    child.send(message, (error) => {
      if (error !== null) kill();
    });
  };
  const expectLife = (current: Active): void =>
    watch(
      current,
      limits.stallMs,
      new EngineError("stalled", `the model gave no sign of life for ${limits.stallMs / 1000} s`),
    );

  const settle = (current: Active, finish: (current: Active) => void): void => {
    active.delete(current.id);
    clearTimeout(current.timer);
    finish(current);
  };

  const hear = (message: FromChild): void => {
    if (message.type === "started") return send({ type: "load", options });
    if (message.type === "loaded") {
      clearTimeout(loading);
      return loaded.resolve(message);
    }
    if (message.type === "failed" && message.id === null) {
      why ??= new EngineError("load_failed", message.message);
      return kill();
    }
    if (message.type === "texts") {
      for (const { id, text } of message.texts) {
        const current = active.get(id);
        current?.timer?.refresh();
        current?.handlers.onText(text);
      }
      return;
    }
    const current = message.id === null ? undefined : active.get(message.id);
    if (current === undefined) return;
    expectLife(current);
    switch (message.type) {
      case "prompt":
        return current.handlers.onPrompt(message.tokens);
      case "alive":
        return;
      case "done":
      case "embedded":
        return settle(current, ({ resolve }) => resolve(message));
      case "failed":
        return settle(current, ({ reject }) => reject(new EngineError(message.code, message.message)));
    }
  };

  child.on("message", (raw) => {
    const message = fromChildSchema.safeParse(raw);
    if (message.success) return hear(message.data);
    why ??= new EngineError("crashed", "the model's process sent something that is no message");
    kill();
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-400);
  });
  child.on("error", (error) => {
    complaint = error.message;
    if (child.pid !== undefined) return;
    end(null, null);
    exited.resolve(ending);
  });
  child.on("exit", (code, signal) => {
    end(code, signal);
    setTimeout(() => exited.resolve(ending), lingerMs).unref();
  });
  child.on("close", () => exited.resolve(ending));

  const end = (code: number | null, signal: NodeJS.Signals | null): void => {
    clearTimeout(loading);
    const how = signal === null ? `exit code ${code ?? "unknown"}` : signal;
    const error = why ?? new EngineError("crashed", `the model's process ended (${how})`);
    // What a crashing process printed helps its operator; it may quote a prompt, so only a failed load tells it.
    loaded.reject(
      why === null && complaint !== ""
        ? new EngineError("load_failed", `${error.message}: ${complaint.trim().split("\n").at(-1)}`)
        : error,
    );
    for (const current of [...active.values()]) settle(current, ({ reject }) => reject(error));
    ending = error;
  };

  const loading = killAfter(
    limits.loadMs,
    new EngineError("load_timeout", `the model did not load within ${limits.loadMs / 1000} s`),
  );

  const ask = async (
    work: (id: number) => Extract<ToChild, { type: "generate" | "embed" }>,
    handlers: AnswerHandlers,
    signal: AbortSignal,
  ): Promise<Outcome> => {
    signal.throwIfAborted();
    const id = nextId++;
    const outcome = Promise.withResolvers<Outcome>();
    const current: Active = { id, handlers, resolve: outcome.resolve, reject: outcome.reject };
    active.set(id, current);
    const cancel = (): void => {
      send({ type: "cancel", id });
      watch(current, limits.cancelMs, heedless);
    };
    signal.addEventListener("abort", cancel, { once: true });
    expectLife(current);
    if (child.connected) send(work(id));
    else settle(current, ({ reject }) => reject(why ?? new EngineError("crashed", "the model's process is gone")));
    try {
      return await outcome.promise;
    } finally {
      signal.removeEventListener("abort", cancel);
    }
  };

  return {
    pid: child.pid,
    loaded: loaded.promise,
    exited: exited.promise,
    killedOnCancel: () => why === heedless,
    kill,
    async generate(job, handlers, signal) {
      const outcome = await ask((id) => ({ type: "generate", id, job }), handlers, signal);
      if (outcome.type !== "done") throw mixedUp();
      return { finish: outcome.finish, tokens: outcome.tokens };
    },
    async embed(job, signal) {
      const silent = { onPrompt: () => undefined, onText: () => undefined };
      const outcome = await ask((id) => ({ type: "embed", id, job }), silent, signal);
      if (outcome.type !== "embedded" || outcome.vectors.length !== job.texts.length) throw mixedUp();
      return { vectors: outcome.vectors, tokens: outcome.tokens };
    },
  };
}

function mixedUp(): EngineError {
  return new EngineError("crashed", "the model's process answered another question");
}
