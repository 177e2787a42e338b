import type { FastifyInstance } from "fastify";
import type { Answering } from "./answerChat.ts";
import { answerChat } from "./answerChat.ts";
import { callerOf } from "./caller.ts";
import { parseChatRequest } from "./chatRequest.ts";
import type { AnswerHead } from "./chatShapes.ts";
import { chunkOf, completionOf, eventOf, lastEvent, usageOf } from "./chatShapes.ts";
import type { HostedEntry } from "./hostedEntry.ts";
import { findEntry, idOf } from "./hostedEntry.ts";
import { goneSignal, streamAnswer } from "./streamAnswer.ts";

/** `POST /v1/chat/completions`, whole or streamed. A client that hangs up stops the model. */
export function addChatRoute(app: FastifyInstance, answering: Answering, entries: () => readonly HostedEntry[]): void {
  app.post("/v1/chat/completions", async (http, reply) => {
    const request = parseChatRequest(http.body);
    const entry = findEntry(entries(), request.model);
    const head = headOf(answering, entry, "chatcmpl");
    const asked = { entry, request, caller: callerOf(http), promptParam: "messages" };

    if (request.stream !== true) {
      let text = "";
      const { finish, bundle } = await answerChat(answering, {
        ...asked,
        signal: goneSignal(reply),
        onStart: () => undefined,
        onText: (piece) => (text += piece),
      });
      return completionOf(head, text, finish, bundle);
    }

    const counted = request.stream_options?.include_usage === true;
    return await streamAnswer(
      http,
      reply,
      {
        contentType: "text/event-stream; charset=utf-8",
        first: eventOf(chunkOf(head, { role: "assistant", content: "" })),
        piece: (text) => eventOf(chunkOf(head, { content: text })),
        last({ finish, bundle }) {
          const usage = { ...head, object: "chat.completion.chunk", choices: [], usage: usageOf(bundle) };
          const last = eventOf({ ...chunkOf(head, {}, finish), coindrop: bundle });
          return last + (counted ? eventOf(usage) : "") + lastEvent;
        },
        failed: (error) => eventOf(error.body),
      },
      (listener) => answerChat(answering, { ...asked, ...listener }),
    );
  });
}

/** What all messages about one answer start with. */
export function headOf({ random, now }: Answering, entry: HostedEntry, prefix: "chatcmpl" | "cmpl"): AnswerHead {
  return {
    id: `${prefix}-${Buffer.from(random(12)).toString("hex")}`,
    created: Math.floor(now() / 1000),
    model: idOf(entry),
    system_fingerprint: `${entry.engine.llamaCpp} ${entry.engine.variant}`,
  };
}
