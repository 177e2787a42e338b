import { createServer, type IncomingMessage } from "node:http";
import { afterEach, expect, test } from "vitest";
import type { GenerationJob } from "../../../inference-node/engine/childProtocol.ts";
import { createServerTokens } from "../../../inference-node/engine/serverTokens.ts";
import { until } from "../../support/until.ts";

const job: GenerationJob = {
  messages: [],
  sampling: { temperature: 0, topP: 1, topK: 0, minP: 0, repeatPenalty: 1, seed: 7 },
  maxTokens: null,
  stop: [],
  format: null,
};
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A service that gives one answer, in pieces, and tells what it was asked. */
async function serve(status: number, pieces: readonly string[]) {
  const asked: { body: unknown; authorization: string | undefined }[] = [];
  const server = createServer(async (request, response) => {
    asked.push({ body: JSON.parse(await textOf(request)), authorization: request.headers.authorization });
    response.writeHead(status);
    for (const piece of pieces) response.write(piece);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => server.close());
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/`, asked };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}

async function read(url: string, given: GenerationJob = job): Promise<number[]> {
  const source = createServerTokens({ url, apiKey: "k" });
  return await Array.fromAsync(await source([1, 2], given, 9, { onToken: () => undefined, cancelled: () => false }));
}

test("token ids go out and come back, whatever the pieces they arrive in", async () => {
  const { url, asked } = await serve(200, [
    'data: {"tokens":[5],"stop":false}\n\nda',
    'ta: {"tokens":[6,7],"stop":false}\n',
    '\ndata: {"tokens":[],"stop":true}\n\n',
  ]);
  expect(await read(url)).toEqual([5, 6, 7]);
  expect(asked).toMatchObject([
    {
      authorization: "Bearer k",
      body: {
        prompt: [1, 2],
        n_predict: 9,
        cache_prompt: false,
        return_tokens: true,
        temperature: 0,
        top_k: 0,
        seed: 7,
      },
    },
  ]);
});

test("a refused grammar is the entry's fault, anything else the engine's", async () => {
  const format = { type: "gbnf", grammar: "root ::=" } as const;
  const { url } = await serve(400, ["cannot parse grammar"]);
  await expect(read(url, { ...job, format })).rejects.toMatchObject({ code: "bad_format" });
  await expect(read(url)).rejects.toMatchObject({ code: "failed" });
});

test("an answer that nobody wants any more is given up while its prompt is read", async () => {
  const state = { asked: false, gone: false };
  const server = createServer((request, response) => {
    state.asked = true;
    request.resume();
    response.once("close", () => {
      state.gone = true;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => server.close().closeAllConnections());
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const source = createServerTokens({ url: `http://127.0.0.1:${port}` });
  const hooks = { onToken: () => undefined, cancelled: () => state.asked };
  expect(await Array.fromAsync(await source([1, 2], job, 9, hooks))).toEqual([]);
  await until("the server to notice", () => state.gone);
});

test.each([
  ["no JSON", ["data: {\n\n"]],
  ["no tokens", ['data: {"content":"a","stop":false}\n\n']],
  ["an error", ["error: {}\n\n"]],
  ["an event without end", ["data: ", "x".repeat(1_100_000)]],
])("what is %s is no answer", async (_, pieces) => {
  const { url } = await serve(200, pieces);
  await expect(read(url)).rejects.toThrow();
});
