import { createParser, type EventSourceMessage } from "eventsource-parser";
import { refusedBy, type Shapes } from "./askIndexer.ts";
import type { Answer } from "./endpoints.ts";
import { BaseError, InvalidInputError, RetryableError } from "./errors.ts";
import { IndexerAwayError } from "./indexerErrors.ts";
import { pause } from "./pause.ts";

/** A message with the position to pass as `lastEventId` to go on after it. */
export type Heard = { readonly id: string; readonly message: Answer<"events"> };

export type Listening = {
  readonly signal?: AbortSignal;
  /** Position of the last message that was heard; without it only what is new is told. */
  readonly lastEventId?: string;
  /** After how many milliseconds without a sign of life the stream counts as broken; three heartbeats where not given. */
  readonly silenceMs?: number;
  readonly onOpen?: () => void;
  readonly onBreak?: (error: RetryableError) => void;
};

type Stream = Listening & {
  readonly url: string;
  readonly fetch: typeof fetch;
  readonly loadShapes: () => Promise<Shapes>;
};

const silence = 45_000;
const reconnect = 1_000;

/**
 * The messages of the indexer's stream, for ever. Where it breaks it is opened anew, after the last message that was heard.
 * Ends when `signal` aborts. Throws `IndexerRefusedError`, and `InvalidInputError` for a message of another shape;
 * kinds of message that are not known here are left out.
 */
export async function* listenToIndexer(stream: Stream): AsyncGenerator<Heard, void> {
  // Browsers refuse `fetch` as a method of something else.
  const { signal, url, silenceMs = silence, fetch: fetchNow } = stream;
  let position = stream.lastEventId;
  let waitMs = reconnect;
  while (signal?.aborted !== true) {
    const quiet = new AbortController();
    const limits = AbortSignal.any([quiet.signal, ...(signal === undefined ? [] : [signal])]);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(() => quiet.abort(new Error(`silent for ${silenceMs} ms`)), silenceMs);
    };
    alive();
    try {
      const headers: Record<string, string> = position === undefined ? {} : { "last-event-id": position };
      const [response, shapes] = await Promise.all([
        fetchNow(url, { headers, signal: limits, cache: "no-store" }),
        stream.loadShapes(),
      ]);
      if (!response.ok || response.body === null) {
        throw refusedBy(response, url, shapes.refusal.safeParse(await response.json().catch(() => null)).data?.error);
      }
      stream.onOpen?.();
      const events: EventSourceMessage[] = [];
      let reached = position;
      const parser = createParser({
        onEvent: (event) => events.push(event),
        onId: (id) => (reached = id),
        onRetry: (milliseconds) => (waitMs = milliseconds),
      });
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        alive();
        parser.feed(part.value);
        for (const event of events.splice(0)) {
          const message = messageOf(event, shapes, url);
          if (message !== undefined) yield { id: event.id ?? "", message };
        }
        // Only now: what was not handed on yet has to come again after a break.
        position = reached;
      }
      throw new IndexerAwayError("The indexer ended the stream.", { url, status: null });
    } catch (error) {
      if (signal?.aborted) return;
      if (error instanceof BaseError && !(error instanceof RetryableError)) throw error;
      const broken =
        error instanceof IndexerAwayError
          ? error
          : new IndexerAwayError("The indexer's stream broke off.", { url, status: null, cause: error });
      stream.onBreak?.(broken);
      await pause(broken.retryAfterMs ?? waitMs, signal);
    } finally {
      clearTimeout(timer);
      quiet.abort();
    }
  }
}

function messageOf(
  { event, data }: EventSourceMessage,
  { endpoints }: Shapes,
  url: string,
): Heard["message"] | undefined {
  const shape = endpoints.events.answer;
  if (!shape.options.some((kind) => kind.shape.kind.value === event)) return undefined;
  const parsed = shape.safeParse(parseJson(data));
  if (parsed.success && parsed.data.kind === event) return parsed.data;
  throw new InvalidInputError("The indexer's stream told something in a shape that is not known here.", {
    metaMessages: [`URL: ${url}`, `Event: ${event}`, "To do: see whether both are of the same version."],
    cause: parsed.error,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
