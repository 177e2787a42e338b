/**
 * The process that holds one model. It speaks with its parent over the IPC channel only, and dies with it.
 *
 * A model file or its chat template may crash or hang this process; nothing of the node's keys is in it.
 */
import type { ChatMessage, FromChild, GenerationJob, LoadOptions, ToChild } from "./childProtocol.ts";
import { GenerationError } from "./generationError.ts";
import type { Knowledge } from "./knowledge.ts";
import type { OpenedEngine } from "./openEngine.ts";
import { openEngine } from "./openEngine.ts";
import { openLlama } from "./openModel.ts";
import { watchParent } from "./orphanWatch.ts";

type Opened = { readonly engine: OpenedEngine; readonly knowledge: Knowledge | null };

/** The share of the context that knowledge leaves to the answer. */
const ANSWER_SHARE = 0.25;

watchParent();

let opened: Opened | null = null;
const cancelled = new Set<number>();

/** What answers grew by in this turn of the event loop: a message for each would cost more than the rest of a token. */
const grown = new Map<number, string>();

function grow(id: number, text: string): void {
  if (grown.size === 0) setImmediate(tellGrown);
  grown.set(id, (grown.get(id) ?? "") + text);
}

function tellGrown(): void {
  if (grown.size === 0) return;
  send({ type: "texts", texts: [...grown].map(([id, text]) => ({ id, text })) });
  grown.clear();
}

function say(message: FromChild): void {
  tellGrown();
  send(message);
}

function send(message: FromChild): void {
  process.send?.(message, undefined, undefined, () => undefined);
}

async function load(options: LoadOptions): Promise<void> {
  const began = performance.now();
  try {
    const { llama, engine } = await openLlama(options);
    if (options.modelPath === null) {
      say({ type: "loaded", engine, contextSize: 0, trainedContext: 0, loadMs: performance.now() - began });
      return;
    }
    const opening = await openEngine(llama, { ...options, modelPath: options.modelPath });
    // Only entries that know something pay for the means to search it.
    const knowledge = options.knowledge
      ? await (await import("./knowledge.ts")).openKnowledge(llama, options.knowledge)
      : null;
    opened = { engine: opening, knowledge };
    say({
      type: "loaded",
      engine,
      contextSize: opening.contextSize,
      trainedContext: opening.model.fileInsights.trainContextSize ?? opening.contextSize,
      loadMs: performance.now() - began,
    });
  } catch (error) {
    say({ type: "failed", id: null, code: "load_failed", message: describe(error) });
  }
}

async function answer({ id, job }: Extract<ToChild, { type: "generate" }>): Promise<void> {
  if (opened === null) {
    say({ type: "failed", id, code: "failed", message: "no model is loaded" });
    return;
  }
  let spoken = performance.now();
  try {
    const done = await opened.engine.answer(await informed(opened, job), {
      onPrompt: (tokens) => say({ type: "prompt", id, tokens: [...tokens] }),
      onText(text) {
        spoken = performance.now();
        grow(id, text);
      },
      onToken() {
        if (performance.now() - spoken < 1_000) return;
        spoken = performance.now();
        say({ type: "alive", id });
      },
      cancelled: () => cancelled.has(id),
    });
    say({ type: "done", id, finish: done.finish, tokens: [...done.tokens] });
  } catch (error) {
    const code = error instanceof GenerationError ? error.code : "failed";
    say({ type: "failed", id, code, message: describe(error) });
  } finally {
    cancelled.delete(id);
  }
}

/** The job with what the entry knows about it, as far as that fits. */
async function informed({ engine, knowledge }: Opened, job: GenerationJob): Promise<GenerationJob> {
  if (knowledge === null) return job;
  const room = engine.contextSize * (1 - ANSWER_SHARE);
  const fits = (messages: readonly ChatMessage[]): boolean => {
    try {
      return engine.renderer.render(messages).length <= room;
    } catch {
      // What a template refuses is told when the answer is made.
      return false;
    }
  };
  return { ...job, messages: await knowledge.addTo(job.messages, fits) };
}

async function embed({ id, job }: Extract<ToChild, { type: "embed" }>): Promise<void> {
  try {
    if (opened === null) throw new Error("no model is loaded");
    const { vectors, tokens } = await opened.engine.embedder(job, {
      onEach: () => say({ type: "alive", id }),
      cancelled: () => cancelled.has(id),
    });
    say({ type: "embedded", id, vectors, tokens });
  } catch (error) {
    const code = error instanceof GenerationError ? error.code : "failed";
    say({ type: "failed", id, code, message: describe(error) });
  } finally {
    cancelled.delete(id);
  }
}

function describe(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 2_000);
}

process.on("message", (message: ToChild) => {
  switch (message.type) {
    case "load":
      void load(message.options);
      break;
    case "generate":
      void answer(message);
      break;
    case "embed":
      void embed(message);
      break;
    case "cancel":
      cancelled.add(message.id);
      // A prompt that is being read stops only between two batches: whoever waits for that is told that all is well.
      say({ type: "alive", id: message.id });
      break;
  }
});
// The parent decides when to stop: an interrupt typed at a terminal, or a service manager's signal, reaches the whole
// group, and answers under way are to be finished.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => undefined);

say({ type: "started" });
