import { describe, expect, test } from "vitest";
import type { Manifest } from "#protocol/manifest.ts";
import { applyWrapper } from "../../../inference-node/serve/applyWrapper.ts";
import { parseChatRequest } from "../../../inference-node/serve/chatRequest.ts";

const wrapper: Manifest["wrapper"] = {
  systemPrompt: "You are brief.",
  fewShot: [
    { role: "user", content: "ping" },
    { role: "assistant", content: "pong" },
  ],
  sampling: { temperature: 0.2, topK: 40, maxTokens: 64, stop: ["\n\n"] },
  starters: [],
};
const wrap = (request: object, change: Partial<Manifest["wrapper"]> = {}) =>
  applyWrapper(
    { manifest: { wrapper: { ...wrapper, ...change } } as Manifest, engine: { contextSize: 512 } },
    parseChatRequest({ model: "m", messages: [{ role: "user", content: "hi" }], ...request }),
    { randomSeed: 12_345, maxOutputTokens: 4_096 },
  );

describe("an entry's wrapper", () => {
  test("puts its system prompt and few-shot messages before the conversation", () => {
    expect(wrap({}).job.messages).toEqual([
      { role: "system", content: "You are brief." },
      { role: "user", content: "ping" },
      { role: "assistant", content: "pong" },
      { role: "user", content: "hi" },
    ]);
  });

  test("keeps the caller's system prompt, after its own", () => {
    const messages = [
      { role: "developer", content: "Answer in French." },
      {
        role: "user",
        content: [
          { type: "text", text: "h" },
          { type: "text", text: "i" },
        ],
      },
    ];
    expect(wrap({ messages }, { fewShot: [] }).job.messages).toEqual([
      { role: "system", content: "You are brief.\n\nAnswer in French." },
      { role: "user", content: "hi" },
    ]);
  });

  test("without a system prompt adds none", () => {
    expect(wrap({}, { systemPrompt: "", fewShot: [] }).job.messages).toEqual([{ role: "user", content: "hi" }]);
  });

  test("sets the sampling where the caller says nothing, neutral values where neither does", () => {
    expect(wrap({}).params).toEqual({
      temperature: 0.2,
      topP: 1,
      topK: 40,
      minP: 0,
      repeatPenalty: 1,
      maxTokens: 64,
      stop: ["\n\n"],
    });
    expect(wrap({}).job).toMatchObject({ maxTokens: 64, stop: ["\n\n"], sampling: { seed: 12_345 }, format: null });
    expect(wrap({}, { sampling: {} }).params).toEqual({ temperature: 1, topP: 1, topK: 0, minP: 0, repeatPenalty: 1 });
  });

  test("gives way to what the caller says, null meaning nothing", () => {
    const asked = {
      temperature: 0,
      top_p: 0.5,
      max_tokens: 5,
      max_completion_tokens: 7,
      seed: -1,
      stop: "x",
      top_k: null,
    };
    const { params, job } = wrap(asked);
    expect(params).toMatchObject({ temperature: 0, topP: 0.5, topK: 40, maxTokens: 7, stop: ["x"] });
    expect(job.sampling.seed).toBe(4_294_967_295);
  });

  test("constrains the answer as the entry says", () => {
    const responseFormat = { type: "gbnf", grammar: 'root ::= "yes"' } as const;
    expect(wrap({}, { responseFormat }).job.format).toEqual(responseFormat);
  });
});
