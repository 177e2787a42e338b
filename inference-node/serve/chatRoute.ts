import { PassThrough } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Address } from "viem";
import { zeroAddress } from "viem";
import { addressSchema } from "#protocol/primitives.ts";
import type { Answering, ChatAnswer } from "./answerChat.ts";
import { answerChat } from "./answerChat.ts";
import { ClientGoneError, loggable, toApiError } from "./apiError.ts";
import type { ChatRequest } from "./chatRequest.ts";
import { parseChatRequest } from "./chatRequest.ts";
import type { ChatHead } from "./chatShapes.ts";
import { chunkOf, completionOf, eventOf, lastEvent, usageChunkOf } from "./chatShapes.ts";
import type { HostedEntry } from "./hostedEntry.ts";
import { findEntry, idOf } from "./hostedEntry.ts";

/** Milliseconds that a client may take to read what is left after an answer's end. */
const readingMs = 30_000;

/** `POST /v1/chat/completions`, whole or streamed. A client that hangs up stops the model. */
export function addChatRoute(app: FastifyInstance, answering: Answering, entries: () => readonly HostedEntry[]): void {
  app.post("/v1/chat/completions", async (http, reply) => {
    const request = parseChatRequest(http.body);
    const entry = findEntry(entries(), request.model);
    const head: ChatHead = {
      id: `chatcmpl-${Buffer.from(answering.random(12)).toString("hex")}`,
      created: Math.floor(answering.now() / 1000),
      model: idOf(entry),
      system_fingerprint: `${entry.engine.llamaCpp} ${entry.engine.variant}`,
    };
    const gone = new AbortController();
    reply.raw.once("close", () => gone.abort(new ClientGoneError()));
    const asked = { entry, request, client: clientOf(http), signal: gone.signal };

    if (request.stream !== true) {
      let text = "";
      const answer = await answerChat(answering, {
        ...asked,
        onStart: () => undefined,
        onText: (piece) => (text += piece),
      });
      return completionOf(head, text, answer.finish, answer.bundle);
    }

    const out = new PassThrough();
    const begun = Promise.withResolvers<void>();
    const answer = answerChat(answering, {
      ...asked,
      onStart() {
        out.write(eventOf(chunkOf(head, { role: "assistant", content: "" })));
        begun.resolve();
      },
      onText: (piece) => void out.write(eventOf(chunkOf(head, { content: piece }))),
    });
    // Until the model has taken the prompt a refusal is still an HTTP status; after it, an event in the stream.
    await Promise.race([begun.promise, answer]);
    void finishStream(out, head, request, answer, (error) => {
      if (!gone.signal.aborted) http.log.warn({ error: loggable(error) }, "an answer broke off");
    }).finally(() => hangUpLater(reply));
    return reply
      .type("text/event-stream; charset=utf-8")
      .header("Cache-Control", "no-store")
      .header("X-Accel-Buffering", "no")
      .send(out);
  });
}

async function finishStream(
  out: PassThrough,
  head: ChatHead,
  request: ChatRequest,
  answer: Promise<ChatAnswer>,
  onError: (error: unknown) => void,
): Promise<void> {
  try {
    const { finish, bundle } = await answer;
    const counted = request.stream_options?.include_usage === true;
    const last = { ...chunkOf(head, {}, finish), coindrop: bundle };
    out.end(eventOf(last) + (counted ? eventOf(usageChunkOf(head, bundle)) : "") + lastEvent);
  } catch (error) {
    onError(error);
    out.end(eventOf(toApiError(error).body));
  }
}

function hangUpLater(reply: FastifyReply): void {
  if (reply.raw.destroyed) return;
  const timer = setTimeout(() => reply.raw.destroy(), readingMs);
  reply.raw.once("close", () => clearTimeout(timer));
}

function clientOf(http: FastifyRequest): Address {
  const named = addressSchema.safeParse(http.headers["x-coindrop-client"]);
  return named.success ? named.data : zeroAddress;
}
