import type { Hex } from "viem";
import type { StreamMessage } from "#protocol/http.ts";
import { createIndexerClient } from "#protocol/indexerClient.ts";
import { until } from "../../support/until.ts";

type Heard = { readonly id: string; readonly at: number; readonly message: StreamMessage };
type To = { readonly contest?: Hex; readonly lastEventId?: string | undefined };

/** Listens to an indexer's event stream until it breaks, and keeps what it says, with the time it came. */
export async function listen(url: string, { contest, lastEventId }: To = {}) {
  const stop = new AbortController();
  const open = Promise.withResolvers<void>();
  const heard: Heard[] = [];
  const messages = createIndexerClient({ url }).events({
    ...(contest !== undefined && { contest }),
    ...(lastEventId !== undefined && { lastEventId }),
    signal: stop.signal,
    onOpen: open.resolve,
    // Nothing that a break hides may look like an answer.
    onBreak(error) {
      open.reject(error);
      stop.abort();
    },
  });
  const reading = (async () => {
    for await (const { id, message } of messages) heard.push({ id, at: performance.now(), message });
  })();
  reading.catch(open.reject);
  await open.promise;

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
