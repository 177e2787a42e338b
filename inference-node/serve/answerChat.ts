import type { Bundle } from "#protocol/node.ts";
import { EngineError } from "../engine/engineError.ts";
import type { Embedded } from "../engine/modelProcess.ts";
import type { Signer } from "../sign/createSigner.ts";
import { signAnswer } from "../sign/signAnswer.ts";
import type { Admission, ServeLimits } from "./admission.ts";
import { ApiError, toApiError } from "./apiError.ts";
import { applyWrapper } from "./applyWrapper.ts";
import type { Caller } from "./caller.ts";
import type { PromptRequest } from "./chatRequest.ts";
import type { HostedEntry } from "./hostedEntry.ts";
import type { Metrics } from "./metrics.ts";

export type Answering = {
  readonly signer: Signer;
  /** n random bytes. */
  readonly random: (bytes: number) => Uint8Array;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly admission: Admission;
  readonly limits: ServeLimits;
  readonly metrics: Metrics;
};

export type Asked = {
  readonly entry: HostedEntry;
  readonly request: PromptRequest;
  readonly caller: Caller;
  /** The field of the caller's request that holds the prompt, for refusals. */
  readonly promptParam: string;
  readonly signal: AbortSignal;
  /** Called once the model has taken the prompt: from here on an answer is under way. */
  readonly onStart: () => void;
  readonly onText: (text: string) => void;
};

export type ChatAnswer = {
  readonly finish: "stop" | "length";
  readonly bundle: Bundle;
  /** Milliseconds: waiting and loading, then reading the prompt, then writing. */
  readonly times: { readonly waited: number; readonly prompt: number; readonly output: number };
};

/**
 * Has a model answer and signs the receipt. What was asked and answered is kept nowhere after this returns.
 *
 * Throws `ApiError`, `EngineError`, or the signal's reason when the caller went away.
 */
export async function answerChat(answering: Answering, asked: Asked): Promise<ChatAnswer> {
  const { signer, random, now, limits, metrics } = answering;
  const { entry, request, signal } = asked;
  const began = performance.now();
  checkLength(
    request.messages.map(({ content }) => content),
    limits.maxPromptChars,
    asked.promptParam,
  );
  const { job, params } = applyWrapper(entry, request, {
    randomSeed: Buffer.from(random(4)).readUInt32LE(),
    maxOutputTokens: limits.maxOutputTokens,
  });
  let promptTokens: readonly number[] = [];
  let promptAt: number | null = null;
  let textAt: number | null = null;
  const answered = await inTurn(answering, asked, () =>
    entry.runner.generate(
      job,
      {
        onPrompt(tokens) {
          promptTokens = tokens;
          promptAt = performance.now();
          asked.onStart();
        },
        onText(text) {
          textAt ??= performance.now();
          asked.onText(text);
        },
      },
      signal,
    ),
  );
  signal.throwIfAborted();
  const endedAt = performance.now();
  const firstText = textAt ?? endedAt;
  const bundle = await signAnswer(
    signer,
    {
      entry: entry.facts,
      engine: entry.engine,
      client: asked.caller.address,
      params,
      seed: job.sampling.seed,
      promptTokens,
      outputTokens: answered.tokens,
      firstTokenMs: firstText - began,
      totalMs: endedAt - began,
      endedAt: now() / 1000,
    },
    random,
  );
  metrics.answered(entry, bundle.receipt);
  const readAt = promptAt ?? firstText;
  return {
    finish: answered.finish === "length" ? "length" : "stop",
    bundle,
    times: { waited: readAt - began, prompt: firstText - readAt, output: endedAt - firstText },
  };
}

/** Vectors of texts. No receipt comes with them: a receipt speaks of generated text. Throws as `answerChat` does. */
export async function answerEmbeddings(
  answering: Answering,
  asked: Omit<Asked, "request" | "onStart" | "onText"> & {
    readonly texts: readonly string[];
    readonly truncate: boolean;
  },
): Promise<Embedded> {
  const { entry, texts, truncate, signal } = asked;
  checkLength(texts, answering.limits.maxPromptChars, asked.promptParam);
  const embedded = await inTurn(answering, asked, () => entry.runner.embed({ texts, truncate }, signal));
  signal.throwIfAborted();
  return embedded;
}

async function inTurn<T>(
  { admission }: Answering,
  { entry, caller, signal, promptParam }: Pick<Asked, "entry" | "caller" | "signal" | "promptParam">,
  work: () => Promise<T>,
): Promise<T> {
  const leave = admission.enter(caller);
  try {
    return await admission.queueOf(entry).take(caller, signal, work);
  } catch (error) {
    throw error instanceof EngineError ? toApiError(error, promptParam) : error;
  } finally {
    leave();
  }
}

function checkLength(texts: readonly string[], most: number, param: string): void {
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  if (length <= most) return;
  throw new ApiError(400, `${param}: ${length} characters are too many, this node reads ${most} of one request.`, {
    param,
    code: "prompt_too_large",
  });
}
