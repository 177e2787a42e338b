import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundleSchema } from "#protocol/node.ts";
import { until } from "../../support/until.ts";
import type { TestNode } from "./startNode.ts";
import { contest, demoNames, readDraft, startNode, writeEntry } from "./startNode.ts";

let node: TestNode;
let client: OpenAI;

beforeAll(async () => {
  node = await startNode(async (folder) => {
    const written = await Promise.all(demoNames.map((name, index) => writeEntry(folder, name, index + 1)));
    return written.map(({ facts }) => facts);
  });
  client = new OpenAI({ apiKey: "none", baseURL: `${node.url}/v1`, maxRetries: 0 });
  await until("a ready node", async () => (await fetch(`${node.url}/ready`)).ok);
});
afterAll(() => node?.close());

const ask = (model: string, content: string) =>
  client.chat.completions.create({ model, temperature: 0, messages: [{ role: "user", content }] });

describe("the five demo models through the openai client", () => {
  for (const [index, name] of demoNames.entries()) {
    test(`${name} answers its checks at temperature 0`, async () => {
      const { checks = [] } = await readDraft(name);
      expect(checks.length).toBeGreaterThanOrEqual(5);
      for (const check of checks) {
        const { choices } = await ask(`${contest}/${index + 1}`, check.prompt);
        const text = choices[0]?.message.content ?? "";
        if (check.answer !== undefined) expect(text).toBe(check.answer);
        if (check.contains !== undefined) expect(text).toContain(check.contains);
        if (check.lines !== undefined) expect(text.split("\n")).toHaveLength(check.lines);
        expect(choices[0]?.finish_reason).toBe("stop");
      }
    });
  }

  test("a stream says the same words, then its usage", async () => {
    const prompt = "Larkspur Software revenue jumps 18% in third quarter";
    const stream = await client.chat.completions.create({
      model: "tickermood",
      temperature: 0,
      messages: [{ role: "user", content: prompt }],
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await Array.fromAsync(stream);
    const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("");
    expect(text).toBe("Sentiment: positive. Reason: revenue rose.");
    expect(chunks[0]?.choices[0]?.delta).toEqual({ role: "assistant", content: "" });
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe("stop");
    expect(chunks.at(-1)?.choices).toEqual([]);
    expect(chunks.at(-1)?.usage?.prompt_tokens).toBeGreaterThan(5);
    expect(bundleSchema.parse((chunks.at(-2) as unknown as { coindrop: unknown }).coindrop).outputTokens.length).toBe(
      chunks.at(-1)?.usage?.completion_tokens,
    );
  });

  test("the models are listed, each by its id", async () => {
    const listed = await Array.fromAsync(client.models.list());
    expect(listed.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5].map((id) => `${contest}/${id}`));
    expect((await client.models.retrieve(`${contest}/2`)).owned_by).toBe("Demo entry, trained on one CPU core");
  });
});
