import { describe, expect, test, vi } from "vitest";
import { createIndexerClient } from "#protocol/indexerClient.ts";
import { IndexerAwayError } from "#protocol/indexerErrors.ts";

const url = "http://indexer.test";
const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
  });
const alive = () => json({ alive: true });
const busy = (after: string) => json({ error: { message: "Too many requests." } }, 429, { "retry-after": after });
/** An indexer that gives these answers in turn, and what it was asked. */
function scripted(...answers: readonly ((signal: AbortSignal | null | undefined) => Response | Promise<Response>)[]) {
  const asked: { readonly at: number; readonly headers: Headers }[] = [];
  const left = [...answers];
  // A page's own `fetch` refuses to be called as a method of something else.
  function fetch(this: unknown, _: unknown, init?: RequestInit): Promise<Response> {
    if (this !== undefined) throw new TypeError("Illegal invocation");
    asked.push({ at: Date.now(), headers: new Headers(init?.headers) });
    const next = left.shift();
    if (next === undefined) throw new Error("asked once too often");
    return new Promise((resolve, reject) => {
      init?.signal?.addEventListener("abort", () => reject(init.signal?.reason as Error));
      Promise.resolve(next(init?.signal)).then(resolve, reject);
    });
  }
  return { asked, fetch: fetch as typeof globalThis.fetch };
}

describe("a question", () => {
  test("is asked again when the indexer says it may be, and not before", async () => {
    const { asked, fetch } = scripted(alive, () => busy("1"), alive);
    const client = createIndexerClient({ url, fetch });
    // The first one has to wait for the shapes too.
    await client.health();
    expect(await client.health()).toEqual({ alive: true });
    expect((asked[2]?.at ?? 0) - (asked[1]?.at ?? 0)).toBeGreaterThanOrEqual(990);
  });

  test("is not asked again of one that asks for more than a minute, nor more often than wanted", async () => {
    const long = scripted(() => busy("61"));
    await expect(createIndexerClient({ url, fetch: long.fetch }).health()).rejects.toMatchObject({
      retryAfterMs: 61_000,
    });
    const once = scripted(
      () => busy("0"),
      () => busy("0"),
    );
    await expect(createIndexerClient({ url, fetch: once.fetch, retries: 1 }).health()).rejects.toThrow("Too many");
    expect(once.asked).toHaveLength(2);
  });

  test("that is refused or answered in another shape is not asked again", async () => {
    const bad = { error: { message: 'The parameter "block" is not valid.', parameter: "block" } };
    const refused = scripted(() => json(bad, 400));
    await expect(createIndexerClient({ url, fetch: refused.fetch }).contests()).rejects.toMatchObject({
      ...{ name: "IndexerRefusedError", status: 400, parameter: "block" },
    });
    const strange = scripted(() => json({ alive: "perhaps" }));
    await expect(createIndexerClient({ url, fetch: strange.fetch }).health()).rejects.toThrow(
      "a shape that is not known",
    );
    expect([refused.asked.length, strange.asked.length]).toEqual([1, 1]);
  });

  test("ends with its signal, also while it waits", async () => {
    const stop = new AbortController();
    const { asked, fetch } = scripted(() => busy("50"));
    const asking = createIndexerClient({ url, fetch }).health({ signal: stop.signal });
    await vi.waitUntil(() => asked.length === 1);
    stop.abort(new Error("gone elsewhere"));
    await expect(asking).rejects.toThrow("gone elsewhere");
  });

  test("that is not answered in time is answered by an error that may be retried", async () => {
    const { fetch } = scripted(() => new Promise<Response>(() => {}));
    const client = createIndexerClient({ url, fetch, retries: 0, patienceMs: 50 });
    await expect(client.health()).rejects.toBeInstanceOf(IndexerAwayError);
  });
});

describe("the stream", () => {
  const block = (number: number) => ({ number, hash: `0x${"1".repeat(64)}`, timestamp: number });
  const event = (id: string, kind: string, data: unknown) =>
    `id: ${id}\nevent: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
  const rollback = (number: number) => event(`t-${number}`, "rollback", { kind: "rollback", block: block(number) });
  /** A stream that tells this and then ends, or stays open. */
  const telling = (text: string, end: "ends" | "stays") => (signal?: AbortSignal | null) =>
    new Response(
      new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode(text));
          if (end === "ends") controller.close();
          else signal?.addEventListener("abort", () => controller.error(signal.reason));
        },
      }),
    );

  test("goes on after the last message that was handed on, and leaves kinds out that it does not know", async () => {
    const breaks: string[] = [];
    const { asked, fetch } = scripted(
      telling(`retry: 5\nid: t-0\n\n${event("t-1", "weather", { kind: "weather" })}${rollback(2)}`, "ends"),
      () => json({ error: { message: "Too many listeners." } }, 503, { "retry-after": "1" }),
      telling(rollback(3), "stays"),
    );
    const heard = createIndexerClient({ url, fetch }).events({
      onBreak: ({ shortMessage }) => breaks.push(shortMessage),
    });
    expect((await heard.next()).value).toMatchObject({ id: "t-2", message: { kind: "rollback" } });
    expect((await heard.next()).value).toMatchObject({ id: "t-3", message: { kind: "rollback" } });
    await heard.return();
    expect(asked.map(({ headers }) => headers.get("last-event-id"))).toEqual([null, "t-2", "t-2"]);
    expect(breaks).toEqual(["The indexer ended the stream.", "Too many listeners."]);
    expect((asked[2]?.at ?? 0) - (asked[1]?.at ?? 0)).toBeGreaterThanOrEqual(990);
  });

  test("that is silent for too long counts as broken", async () => {
    const { asked, fetch } = scripted(telling("retry: 5\n\n", "stays"), telling(rollback(1), "stays"));
    const heard = createIndexerClient({ url, fetch }).events({ silenceMs: 100 });
    expect((await heard.next()).value).toMatchObject({ id: "t-1" });
    await heard.return();
    expect(asked).toHaveLength(2);
  });

  test("that tells a known kind in another shape ends with an error", async () => {
    const { fetch } = scripted(telling(event("t-1", "rollback", { kind: "rollback" }), "stays"));
    await expect(createIndexerClient({ url, fetch }).events().next()).rejects.toThrow("a shape that is not known");
  });

  test("ends without a word when its signal aborts", async () => {
    const stop = new AbortController();
    const { asked, fetch } = scripted(telling("", "stays"));
    const next = createIndexerClient({ url, fetch }).events({ signal: stop.signal }).next();
    await vi.waitUntil(() => asked.length === 1);
    stop.abort();
    expect(await next).toEqual({ done: true, value: undefined });
  });
});
