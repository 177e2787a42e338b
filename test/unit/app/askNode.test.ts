import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RetryableError } from "#protocol/errors.ts";
import { askNode } from "../../../app/entry/askNode.ts";
import { chatClient } from "../../../app/entry/chatClient.ts";

type Wire = { readonly send: (text: string) => void; readonly close: () => void };

/** A node whose every byte the test sends; it goes away when the page hangs up. */
function scriptedNode(): { readonly wire: Promise<Wire>; readonly requests: RequestInit[] } {
  const { promise, resolve } = Promise.withResolvers<Wire>();
  const requests: RequestInit[] = [];
  vi.stubGlobal("fetch", async (_url: string, request: RequestInit) => {
    requests.push(request);
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        request.signal?.addEventListener("abort", () => controller.error(request.signal?.reason));
        resolve({
          send: (text) => controller.enqueue(new TextEncoder().encode(text)),
          close: () => controller.close(),
        });
      },
    });
    return new Response(body);
  });
  return { wire: promise, requests };
}

const piece = (content: string) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`;

function ask() {
  const heard: string[] = [];
  const answer = askNode({
    endpoint: "http://node/",
    contest: `0x${"0c".repeat(20)}`,
    entryId: 1,
    messages: [],
    signal: new AbortController().signal,
    onText: (text) => heard.push(text),
  });
  answer.catch(() => undefined);
  return { answer, heard };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("a slow answer is heard to its end as long as each piece comes in time", async () => {
  const { wire } = scriptedNode();
  const { answer, heard } = ask();
  const { send } = await wire;
  for (const [index, word] of ["one", " two", " three"].entries()) {
    await vi.advanceTimersByTimeAsync(29_000);
    send(piece(word));
    await vi.waitFor(() => expect(heard).toHaveLength(index + 1));
  }
  send("data: [DONE]\n\n");
  expect((await answer).text).toBe("one two three");
});

test("each question tells the node whom to name: one random address a page, not nobody", async () => {
  expect(chatClient()).toMatch(/^0x(?!0{40})[0-9a-f]{40}$/);
  const { wire, requests } = scriptedNode();
  const { answer } = ask();
  (await wire).send("data: [DONE]\n\n");
  await answer;
  expect(new Headers(requests[0]?.headers).get("x-coindrop-client")).toBe(chatClient());
});

test("a node that falls silent in mid-answer is given up, so another can be asked", async () => {
  const { wire } = scriptedNode();
  const { answer, heard } = ask();
  (await wire).send(piece("one"));
  await vi.waitFor(() => expect(heard).toEqual(["one"]));
  await vi.advanceTimersByTimeAsync(30_001);
  await expect(answer).rejects.toThrow(RetryableError);
});

test("events without text do not hold the page", async () => {
  const { wire } = scriptedNode();
  const { answer } = ask();
  const { send } = await wire;
  await vi.advanceTimersByTimeAsync(20_000);
  send(piece(""));
  await vi.advanceTimersByTimeAsync(10_001);
  await expect(answer).rejects.toThrow(RetryableError);
});

test("an answer without an end is cut off, and so is the node", async () => {
  const { wire, requests } = scriptedNode();
  const { answer } = ask();
  const { send } = await wire;
  for (let sent = 0; sent < 5; sent += 1) send(piece("x".repeat(262_144)));
  await expect(answer).rejects.toThrow("more text than any entry writes");
  expect(requests[0]?.signal?.aborted).toBe(true);
});

test("an event without an end is cut off", async () => {
  const { wire } = scriptedNode();
  const { answer } = ask();
  const { send } = await wire;
  send("data: ");
  for (let sent = 0; sent < 10; sent += 1) send("x".repeat(1_048_576));
  await expect(answer).rejects.toThrow(RetryableError);
});
