import type { Address } from "viem";
import type { Bundle } from "#protocol/node.ts";
import type { Signer } from "../sign/createSigner.ts";
import { signAnswer } from "../sign/signAnswer.ts";
import { applyWrapper } from "./applyWrapper.ts";
import type { ChatRequest } from "./chatRequest.ts";
import type { HostedEntry } from "./hostedEntry.ts";

export type Answering = {
  readonly signer: Signer;
  /** n random bytes. */
  readonly random: (bytes: number) => Uint8Array;
  /** Milliseconds since 1970. */
  readonly now: () => number;
};

export type Asked = {
  readonly entry: HostedEntry;
  readonly request: ChatRequest;
  /** Whom the receipt names; zero for nobody. */
  readonly client: Address;
  readonly signal: AbortSignal;
  /** Called once the model has taken the prompt: from here on an answer is under way. */
  readonly onStart: () => void;
  readonly onText: (text: string) => void;
};

export type ChatAnswer = { readonly finish: "stop" | "length"; readonly bundle: Bundle };

/**
 * Has a model answer and signs the receipt. What was asked and answered is kept nowhere after this returns.
 *
 * Throws `EngineError`, or the signal's reason when the caller went away.
 */
export async function answerChat({ signer, random, now }: Answering, asked: Asked): Promise<ChatAnswer> {
  const { entry, signal } = asked;
  const began = performance.now();
  const { job, params } = applyWrapper(entry.manifest, asked.request, Buffer.from(random(4)).readUInt32LE());
  let promptTokens: readonly number[] = [];
  let firstTokenMs: number | null = null;
  const answered = await entry.runner.generate(
    job,
    {
      onPrompt(tokens) {
        promptTokens = tokens;
        asked.onStart();
      },
      onText(text) {
        firstTokenMs ??= performance.now() - began;
        asked.onText(text);
      },
    },
    signal,
  );
  signal.throwIfAborted();
  const totalMs = performance.now() - began;
  const bundle = await signAnswer(
    signer,
    {
      entry: entry.facts,
      engine: entry.engine,
      client: asked.client,
      params,
      seed: job.sampling.seed,
      promptTokens,
      outputTokens: answered.tokens,
      firstTokenMs: firstTokenMs ?? totalMs,
      totalMs,
      endedAt: now() / 1000,
    },
    random,
  );
  return { finish: answered.finish === "length" ? "length" : "stop", bundle };
}
