import { Client } from "@gradio/client";
import { ChatOllama, OllamaEmbeddings } from "@langchain/ollama";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { Ollama } from "ollama";
import OpenAI, { BadRequestError } from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bareHex } from "#protocol/hashing.ts";
import { bundleSchema } from "#protocol/node.ts";
import type { EntryFacts } from "../../../inference-node/models/entryFacts.ts";
import { until } from "../../support/until.ts";
import { contest, startNode, type TestNode, writeEntry } from "./startNode.ts";

let node: TestNode;
let facts: EntryFacts;
let openai: OpenAI;
let ollama: Ollama;

const prompt = "17 plus 5";
const said = "22";
const yesOrNo = {
  type: "object",
  properties: { answer: { enum: ["yes", "no"] } },
  required: ["answer"],
  additionalProperties: false,
};

beforeAll(async () => {
  node = await startNode(async (folder) => {
    const sums = await writeEntry(folder, "sums", 1);
    const bedtime = await writeEntry(folder, "bedtime", 2);
    facts = sums.facts;
    return [sums.facts, bedtime.facts];
  });
  openai = new OpenAI({ apiKey: "none", baseURL: `${node.url}/v1`, maxRetries: 0 });
  ollama = new Ollama({ host: node.url });
  await until("a ready node", async () => (await fetch(`${node.url}/ready`)).ok);
});
afterAll(() => node?.close());

const receiptOf = (answer: unknown) => bundleSchema.parse((answer as { coindrop?: unknown }).coindrop);
const lengthOf = (vector: readonly number[]) => Math.hypot(...vector);
async function modelIsFree(): Promise<void> {
  const { choices } = await openai.chat.completions.create({
    model: "bedtime",
    max_tokens: 1,
    messages: [{ role: "user", content: "hello" }],
  });
  expect(choices).toHaveLength(1);
}

describe("openai", () => {
  test("completes, whole and streamed, with usage and a receipt", async () => {
    const whole = await openai.completions.create({ model: "sums", prompt, temperature: 0 });
    expect(whole.choices[0]).toMatchObject({ index: 0, logprobs: null, finish_reason: "stop" });
    expect(whole.choices[0]?.text).toContain(said);
    expect(whole.usage?.completion_tokens).toBe(receiptOf(whole).outputTokens.length);
    const stream = await openai.completions.create({
      model: "sums",
      prompt,
      temperature: 0,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await Array.fromAsync(stream);
    expect(chunks.map(({ choices }) => choices[0]?.text ?? "").join("")).toBe(whole.choices[0]?.text);
    expect(chunks.at(-1)?.usage).toEqual(whole.usage);
    expect(receiptOf(chunks.at(-2)).receipt.entryId).toBe("1");
  });

  test("stops where it is told, keeps to a length and repeats itself by its seed", async () => {
    const ask = (more: object) =>
      openai.chat.completions.create({ model: "bedtime", messages: [{ role: "user", content: "a fox" }], ...more });
    const [one, two] = [await ask({ seed: 7, max_tokens: 12 }), await ask({ seed: 7, max_completion_tokens: 12 })];
    expect(one.choices[0]?.message.content).toBe(two.choices[0]?.message.content);
    expect(one.choices[0]?.finish_reason).toBe("length");
    expect(one.usage?.completion_tokens).toBe(12);
    const [word = ""] = /\w{3,}/.exec((one.choices[0]?.message.content ?? "").slice(10)) ?? [];
    const cut = await ask({ seed: 7, max_tokens: 12, stop: [word] });
    expect(cut.choices[0]?.finish_reason).toBe("stop");
    expect(cut.choices[0]?.message.content).not.toContain(word);
  });

  test("answers in JSON, by a schema and by any", async () => {
    const { choices } = await openai.chat.completions.create({
      model: "sums",
      temperature: 0,
      messages: [{ role: "user", content: prompt }],
      response_format: { type: "json_schema", json_schema: { name: "verdict", schema: yesOrNo } },
    });
    expect(["yes", "no"]).toContain(JSON.parse(choices[0]?.message.content ?? "").answer);
    const any = await openai.chat.completions.create({
      model: "sums",
      max_tokens: 8,
      messages: [{ role: "user", content: prompt }],
      response_format: { type: "json_object" },
    });
    expect(any.choices[0]?.message.content?.trimStart().startsWith("{")).toBe(true);
  });

  test("embeds: the same vector as base64, which it asks for, and as numbers", async () => {
    const input = ["17 plus 5", "goodbye"];
    const asked = await openai.embeddings.create({ model: "sums", input });
    const plain = await openai.embeddings.create({ model: "sums", input, encoding_format: "float" });
    expect(plain.data.map(({ embedding }) => embedding.length)).toEqual([128, 128]);
    for (const [index, { embedding }] of plain.data.entries()) {
      expect(lengthOf(embedding)).toBeCloseTo(1, 6);
      expect(asked.data[index]?.embedding.map((value) => value.toFixed(5))).toEqual(
        embedding.map((value) => Math.fround(value).toFixed(5)),
      );
    }
    expect(plain.usage.prompt_tokens).toBeGreaterThan(2);
    await expect(openai.embeddings.create({ model: "sums", input: "word ".repeat(2_000) })).rejects.toMatchObject({
      status: 400,
      param: "input",
      code: "context_length_exceeded",
    });
  });

  test.each([
    ["prompt", { prompt: [1, 2, 3] }],
    ["max_tokens", { prompt, max_tokens: -5 }],
    ["echo", { prompt, echo: true }],
  ])("refuses a completion for its %s, by name", async (param, body) => {
    const failed = openai.completions.create({ model: "sums", ...(body as { prompt: string }) });
    await expect(failed).rejects.toThrow(BadRequestError);
    await expect(failed).rejects.toMatchObject({ param, type: "invalid_request_error" });
  });

  test("that hangs up frees the model", async () => {
    const stop = new AbortController();
    const stream = await openai.chat.completions.create(
      { model: "bedtime", messages: [{ role: "user", content: "a fox" }], stream: true, stop: [] },
      { signal: stop.signal },
    );
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) stop.abort();
    await modelIsFree();
  });
});

describe("@langchain/openai", () => {
  test("answers, streams and embeds", async () => {
    const options = { apiKey: "none", configuration: { baseURL: `${node.url}/v1` }, maxRetries: 0 };
    const model = new ChatOpenAI({ model: "sums", temperature: 0, ...options });
    const answer = await model.invoke(prompt);
    expect(answer.text).toContain(said);
    const pieces = await Array.fromAsync(await model.stream(prompt));
    expect(pieces.map(({ text }) => text).join("")).toBe(answer.text);
    const verdict = await model.withStructuredOutput(yesOrNo, { name: "verdict", method: "jsonSchema" }).invoke(prompt);
    expect(["yes", "no"]).toContain(verdict["answer"]);
    const vectors = await new OpenAIEmbeddings({ model: "sums", ...options }).embedDocuments(["one", "two"]);
    expect(vectors.map((vector) => vector.length)).toEqual([128, 128]);
  });
});

describe("ollama", () => {
  test("chats, whole and streamed, with counts, durations and a receipt", async () => {
    const messages = [{ role: "user", content: prompt }];
    const options = { temperature: 0, num_ctx: 4_096 };
    const whole = await ollama.chat({ model: "sums:latest", messages, options });
    expect(whole.message).toEqual({ role: "assistant", content: expect.stringContaining(said) });
    expect(whole).toMatchObject({ done: true, done_reason: "stop" });
    expect(whole.eval_count).toBe(receiptOf(whole).outputTokens.length);
    expect(whole.total_duration).toBeGreaterThan(1_000);
    const parts = await Array.fromAsync(await ollama.chat({ model: "sums", messages, options, stream: true }));
    expect(parts.map(({ message }) => message.content).join("")).toBe(whole.message.content);
    expect(parts.slice(0, -1).every(({ done }) => !done)).toBe(true);
    expect(parts.at(-1)?.done_reason).toBe("stop");
    expect(receiptOf(parts.at(-1)).signature).toMatch(/^0x/);
  });

  test("generates, with a limit, a stop and a format", async () => {
    const short = await ollama.generate({ model: "bedtime", prompt: "a fox", options: { num_predict: 4 } });
    expect(short).toMatchObject({ done_reason: "length", eval_count: 4 });
    const verdict = await ollama.generate({ model: "sums", prompt, format: yesOrNo, options: { temperature: 0 } });
    expect(["yes", "no"]).toContain(JSON.parse(verdict.response ?? "").answer);
    const stopped = await ollama.generate({ model: "sums", prompt, options: { temperature: 0, stop: [said] } });
    expect(stopped.response).not.toContain(said);
    expect(await ollama.generate({ model: "sums", prompt: "" })).toMatchObject({ response: "", done_reason: "load" });
  });

  test("lists and shows models, and takes no manifest's digest for a file's", async () => {
    const { models } = await ollama.list();
    expect(models.map(({ name, model }) => [name, model])).toEqual([
      ["sums", `${contest}/1`],
      ["bedtime", `${contest}/2`],
    ]);
    expect(models[0]?.digest).toBe(bareHex(facts.manifestHash));
    expect(models[0]?.digest).not.toBe(bareHex(facts.modelSha256));
    expect(models[0]).toMatchObject({
      size: facts.modelSize,
      details: { family: "llama", quantization_level: "Q8_0" },
    });
    await ollama.generate({ model: "sums", prompt: "" });
    expect((await ollama.ps()).models.map(({ name }) => name)).toContain("sums");
    expect(await ollama.show({ model: "sums" })).toMatchObject({ model_info: { "llama.context_length": 512 } });
  });

  test("embeds in both its ways", async () => {
    const { embeddings, prompt_eval_count } = await ollama.embed({ model: "sums", input: ["one", "two"] });
    expect(embeddings.map(lengthOf)).toEqual([expect.closeTo(1, 6), expect.closeTo(1, 6)]);
    expect(prompt_eval_count).toBeGreaterThan(1);
    expect((await ollama.embeddings({ model: "sums", prompt: "one" })).embedding).toEqual(embeddings[0]);
    expect((await ollama.embed({ model: "sums", input: "word ".repeat(2_000) })).embeddings).toHaveLength(1);
    await expect(ollama.embed({ model: "sums", input: "word ".repeat(2_000), truncate: false })).rejects.toMatchObject({
      status_code: 400,
    });
  });

  test.each([
    ["images", { prompt, images: ["aGk="] }, /images are not served here/],
    ["raw", { prompt, raw: true }, /raw: /],
    ["options.temperature", { prompt, options: { temperature: 99 } }, /options\.temperature/],
  ])("is told in its own words what is wrong with %s", async (_field, body, words) => {
    await expect(ollama.generate({ model: "sums", ...body })).rejects.toMatchObject({
      status_code: 400,
      error: expect.stringMatching(words),
    });
  });

  test("that aborts frees the model", async () => {
    const own = new Ollama({ host: node.url });
    const stream = await own.generate({ model: "bedtime", prompt: "a fox", stream: true });
    const read = async () => {
      for await (const part of stream) if (part.response !== "") stream.abort();
    };
    await expect(read()).rejects.toThrow();
    await modelIsFree();
  });
});

describe("@langchain/ollama", () => {
  test("answers, streams and embeds", async () => {
    const model = new ChatOllama({ model: "sums", baseUrl: node.url, temperature: 0 });
    const answer = await model.invoke(prompt);
    expect(answer.text).toContain(said);
    const pieces = await Array.fromAsync(await model.stream(prompt));
    expect(pieces.map(({ text }) => text).join("")).toBe(answer.text);
    const vectors = await new OllamaEmbeddings({ model: "sums", baseUrl: node.url }).embedDocuments(["one", "two"]);
    expect(vectors.map((vector) => vector.length)).toEqual([128, 128]);
  });
});

describe("@gradio/client", () => {
  test("predicts, and gets the receipt beside the answer", async () => {
    const app = await Client.connect(node.url);
    const { data } = await app.predict<[string, unknown]>("/chat", { message: prompt });
    expect(data[0]).toContain(said);
    expect(receiptOf(data[1]).receipt.entryId).toBe("1");
    app.close();
  });

  test("streams an answer that grows", async () => {
    const app = await Client.connect(node.url, { events: ["data", "status"] });
    const texts: string[] = [];
    const stages: string[] = [];
    for await (const event of app.submit("/chat", ["a fox", `${contest}/2`])) {
      if (event.type === "data") texts.push(String((event.data as unknown[])[0]));
      if (event.type === "status") stages.push(event.stage);
    }
    expect(texts.length).toBeGreaterThan(2);
    for (const [index, text] of texts.entries()) expect(text.startsWith(texts[index - 1] ?? "")).toBe(true);
    expect(stages).toContain("generating");
    expect(stages.at(-1)).toBe("complete");
    app.close();
  });

  test("is told what is wrong", async () => {
    const app = await Client.connect(node.url);
    await expect(app.predict("/chat", [prompt, "no-such-model"])).rejects.toThrow(/not served here/);
    await expect(app.predict("/chat", ["x ".repeat(2_000), null])).rejects.toThrow(/512 tokens/);
    app.close();
  });

  test("that cancels frees the model", async () => {
    const app = await Client.connect(node.url, { events: ["data", "status"] });
    const job = app.submit("/chat", ["a fox", `${contest}/2`]);
    for await (const event of job) {
      if (event.type === "data") await job.cancel();
      if (event.type === "status" && event.stage === "error") break;
    }
    await modelIsFree();
    app.close();
  });

  test("of the plain kind calls by name", async () => {
    const called = await fetch(`${node.url}/gradio_api/call/chat`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ data: [prompt, null] }),
    });
    const { event_id } = (await called.json()) as { event_id: string };
    const told = await (await fetch(`${node.url}/gradio_api/call/chat/${event_id}`)).text();
    const [, last = "null"] = /event: complete\ndata: (.*)\n/.exec(told) ?? [];
    const [text, receipt] = JSON.parse(last) as [string, unknown];
    expect(text).toContain(said);
    expect(receiptOf(receipt).receipt.entryId).toBe("1");
    expect((await fetch(`${node.url}/gradio_api/call/chat/${event_id}`)).status).toBe(404);
  });
});
