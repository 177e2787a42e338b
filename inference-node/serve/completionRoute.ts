import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Answering } from "./answerChat.ts";
import { answerChat } from "./answerChat.ts";
import { callerOf } from "./caller.ts";
import { given, only, parseBody, samplingFields } from "./chatRequest.ts";
import { headOf } from "./chatRoute.ts";
import { eventOf, lastEvent, usageOf } from "./chatShapes.ts";
import type { HostedEntry } from "./hostedEntry.ts";
import { findEntry } from "./hostedEntry.ts";
import { goneSignal, streamAnswer } from "./streamAnswer.ts";

export const completionRequestSchema = z.object({
  model: z.string().min(1).max(256),
  prompt: z.union([z.string().min(1), z.tuple([z.string().min(1)]).transform(([text]) => text)], {
    error: "must be one text; lists of token ids and several prompts at once are not served here",
  }),
  ...samplingFields,
  max_tokens: given(z.int().min(1).max(131_072)),
  stream: given(z.boolean()),
  stream_options: given(z.object({ include_usage: given(z.boolean()) })),
  n: only(1, "more than one answer"),
  best_of: only(1, "more than one answer"),
  echo: only(false, "an echo of the prompt"),
  suffix: only("", "text after the answer"),
  logprobs: z.null({ error: "logprobs are not served here" }).optional(),
  frequency_penalty: only(0, "a frequency penalty"),
  presence_penalty: only(0, "a presence penalty"),
});

/**
 * `POST /v1/completions`, whole or streamed.
 *
 * The prompt is taken as one message of a user's: an entry is its model with its wrapper, and a receipt speaks of both.
 */
export function addCompletionRoute(
  app: FastifyInstance,
  answering: Answering,
  entries: () => readonly HostedEntry[],
): void {
  app.post("/v1/completions", async (http, reply) => {
    const request = parseBody(completionRequestSchema, http.body);
    const messages = [{ role: "user", content: request.prompt } as const];
    const entry = findEntry(entries(), request.model);
    const head = { ...headOf(answering, entry, "cmpl"), object: "text_completion" };
    const asked = { entry, request: { ...request, messages }, caller: callerOf(http), promptParam: "prompt" };
    const choice = (text: string, finish: "stop" | "length" | null) => [
      { text, index: 0, logprobs: null, finish_reason: finish },
    ];

    if (request.stream !== true) {
      let text = "";
      const { finish, bundle } = await answerChat(answering, {
        ...asked,
        signal: goneSignal(reply),
        onStart: () => undefined,
        onText: (piece) => (text += piece),
      });
      return { ...head, choices: choice(text, finish), usage: usageOf(bundle), coindrop: bundle };
    }

    const counted = request.stream_options?.include_usage === true;
    return await streamAnswer(
      http,
      reply,
      {
        contentType: "text/event-stream; charset=utf-8",
        first: "",
        piece: (text) => eventOf({ ...head, choices: choice(text, null) }),
        last({ finish, bundle }) {
          const last = eventOf({ ...head, choices: choice("", finish), coindrop: bundle });
          return last + (counted ? eventOf({ ...head, choices: [], usage: usageOf(bundle) }) : "") + lastEvent;
        },
        failed: (error) => eventOf(error.body),
      },
      (listener) => answerChat(answering, { ...asked, ...listener }),
    );
  });
}
