import { PassThrough } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Asked, ChatAnswer } from "./answerChat.ts";
import type { ApiError } from "./apiError.ts";
import { ClientGoneError, loggable, toApiError } from "./apiError.ts";

/** Milliseconds that a client may take to read what is left after an answer's end, or without reading anything. */
const readingMs = 30_000;
/** Characters that may wait for a slow reader. */
const longestBacklog = 262_144;

/** How one API writes an answer as it comes. */
type StreamShape = {
  readonly contentType: string;
  /** Written once the model has taken the prompt. */
  readonly first: string;
  readonly piece: (text: string) => string;
  readonly last: (answer: ChatAnswer) => string;
  readonly failed: (error: ApiError) => string;
};

/** Aborts when the client hangs up. */
export function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once("close", () => gone.abort(new ClientGoneError()));
  return gone.signal;
}

/**
 * Streams an answer. A client that hangs up, or reads so slowly that text piles up, stops the model.
 *
 * Until the model has taken the prompt a refusal is still an HTTP status (this throws); after it, a part of the stream.
 */
export async function streamAnswer(
  http: FastifyRequest,
  reply: FastifyReply,
  shape: StreamShape,
  answer: (listener: Pick<Asked, "signal" | "onStart" | "onText">) => Promise<ChatAnswer>,
): Promise<FastifyReply> {
  const gone = goneSignal(reply);
  const out = createReadersPipe(() => reply.raw.destroy(), performance.now.bind(performance));
  const begun = Promise.withResolvers<void>();
  const answered = answer({
    signal: gone,
    onStart() {
      out.write(shape.first);
      begun.resolve();
    },
    onText: (text) => out.write(shape.piece(text)),
  });
  await Promise.race([begun.promise, answered]);
  void answered
    .then(
      (done) => out.stream.end(shape.last(done)),
      (error: unknown) => {
        if (!gone.aborted) http.log.warn({ error: loggable(error) }, "an answer broke off");
        out.stream.end(shape.failed(toApiError(error)));
      },
    )
    .finally(() => hangUpLater(reply));
  return reply
    .type(shape.contentType)
    .header("Cache-Control", "no-store")
    .header("X-Accel-Buffering", "no")
    .send(out.stream);
}

/** A stream that calls `cut` once its reader is too far behind. `now`: milliseconds. */
export function createReadersPipe(
  cut: () => void,
  now: () => number,
): { readonly stream: PassThrough; readonly write: (text: string) => void } {
  const stream = new PassThrough();
  let readAt = now();
  stream.on("data", () => (readAt = now()));
  stream.pause();
  return {
    stream,
    write(text) {
      if (text === "") return;
      const backlog = stream.readableLength + stream.writableLength;
      if (backlog === 0) readAt = now();
      if (backlog > longestBacklog || now() - readAt > readingMs) cut();
      else stream.write(text);
    },
  };
}

export function hangUpLater(reply: FastifyReply): void {
  if (reply.raw.destroyed) return;
  const timer = setTimeout(() => reply.raw.destroy(), readingMs);
  reply.raw.once("close", () => clearTimeout(timer));
}
