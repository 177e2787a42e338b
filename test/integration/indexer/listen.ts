import { EventSourceParserStream } from "eventsource-parser/stream";
import type { StreamMessage } from "#protocol/http.ts";
import { streamMessageSchema } from "#protocol/http.ts";
import { until } from "../../support/until.ts";

type Heard = { readonly id: string | undefined; readonly at: number; readonly message: StreamMessage };

/** Listens to an indexer's event stream and keeps what it says, with the time it came. */
export async function listen(url: string, lastEventId?: string) {
  const stop = new AbortController();
  const headers: Record<string, string> = lastEventId === undefined ? {} : { "last-event-id": lastEventId };
  const response = await fetch(url, { headers, signal: stop.signal });
  if (response.body === null || !response.ok) throw new Error(`the stream answered ${response.status}`);
  const heard: Heard[] = [];
  const events = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  const reading = (async () => {
    for await (const { id, event, data } of events) {
      const message = streamMessageSchema.parse(JSON.parse(data));
      if (event !== message.kind) throw new Error(`an event named ${event} holds a ${message.kind}`);
      heard.push({ id, at: performance.now(), message });
    }
  })();
  reading.catch(() => {});

  return {
    heard: heard as readonly Heard[],
    next: <K extends StreamMessage["kind"]>(kind: K, fits: (message: Extract<StreamMessage, { kind: K }>) => boolean) =>
      until(`a message of kind ${kind}`, () =>
        heard.find(({ message }) => message.kind === kind && fits(message as Extract<StreamMessage, { kind: K }>)),
      ),
    async close(): Promise<void> {
      stop.abort();
      await reading.catch(() => {});
    },
  };
}
