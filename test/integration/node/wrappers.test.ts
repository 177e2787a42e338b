import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ChatMessage, KnowledgeOptions, LoadOptions } from "../../../inference-node/engine/childProtocol.ts";
import { createModelRunner } from "../../../inference-node/engine/modelRunner.ts";
import { loraFile } from "../../support/loraFile.ts";
import { manifestFileOf } from "../../support/manifestFileOf.ts";
import { until } from "../../support/until.ts";
import type { TestNode } from "./startNode.ts";
import { startNode, writeEntry } from "./startNode.ts";

const modelOf = (name: string) => new URL(`../../../scripts/demo/models/${name}.gguf`, import.meta.url).pathname;
let folder: string;
/** An answer without any adapter or knowledge. */
let plain: Awaited<ReturnType<typeof answerOf>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "coindrop-wrappers-"));
  plain = await answerOf("sums", question);
  expect(plain.text).toBe("17 plus 5 is 22.");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function fileOf(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

/** One greedy answer of a model in a process of its own, with the number of tokens its prompt had. */
async function answerOf(
  modelName: string,
  messages: readonly ChatMessage[],
  more: Partial<LoadOptions> = {},
): Promise<{ text: string; promptTokens: readonly number[] }> {
  const runner = createModelRunner({
    load: { modelPath: modelOf(modelName), contextSize: 512, batchSize: 512, threads: 1, gpu: false, ...more },
    limits: { loadMs: 60_000, stallMs: 60_000, cancelMs: 10_000 },
    maxWaiting: 4,
    restartMs: 60_000,
  });
  try {
    let text = "";
    let promptTokens: readonly number[] = [];
    const sampling = { temperature: 0, topP: 1, topK: 0, minP: 0, repeatPenalty: 1, seed: 1 };
    await runner.generate(
      { messages, sampling, maxTokens: 24, stop: [], format: null },
      { onPrompt: (tokens) => (promptTokens = tokens), onText: (piece) => (text += piece) },
      AbortSignal.timeout(120_000),
    );
    return { text, promptTokens };
  } finally {
    await runner.close();
  }
}

const question = [{ role: "user", content: "What is 17 plus 5?" }] as const;

describe("a LoRA adapter", () => {
  const tensor = "blk.0.attn_q.weight";

  test("that says nothing changes nothing; one that says much changes the answer", async () => {
    const silent = await fileOf("silent.gguf", loraFile({ tensor, width: 128, rank: 4, value: 0 }));
    expect((await answerOf("sums", question, { adapterPaths: [silent] })).text).toBe("17 plus 5 is 22.");
    const strong = await fileOf("strong.gguf", loraFile({ tensor, width: 128, rank: 4, value: 4 }));
    expect((await answerOf("sums", question, { adapterPaths: [strong] })).text).not.toBe("17 plus 5 is 22.");
  });

  test("made for another width is refused by the model's process alone, with a reason", async () => {
    const alien = await fileOf("alien.gguf", loraFile({ tensor, width: 64, rank: 4, value: 1 }));
    await expect(answerOf("sums", question, { adapterPaths: [alien] })).rejects.toThrow(/load|LoRA|adapter/i);
  });
});

describe("knowledge", () => {
  const settings = { chunkChars: 64, overlapChars: 0, topK: 1 };
  const knowledgeOf = async (name: string, text: string, more: Partial<KnowledgeOptions> = {}) => ({
    knowledge: { files: [{ name, path: await fileOf(name, text) }], settings, embeddingPath: null, ...more },
  });
  const NOTES = [
    "# Opening hours\n\nThe workshop opens at nine.",
    "# Parking\n\nBehind the yellow house.",
    "# Rain\n\nWhen it rains the roof leaks.",
  ].join("\n\n");

  test("that fits the question joins the prompt, and what does not stays out", async () => {
    const asked = [{ role: "user", content: "Where is parking?" }] as const;
    const bare = await answerOf("sums", asked);
    const informed = await answerOf("sums", asked, await knowledgeOf("notes.md", NOTES));
    expect(informed.promptTokens.length).toBeGreaterThan(bare.promptTokens.length);
    const same = await answerOf("sums", question, await knowledgeOf("notes.md", NOTES));
    expect(same.promptTokens).toEqual(plain.promptTokens);
  });

  test("found by meaning, with the entry's own embedding model, always has a closest piece", async () => {
    const more = await knowledgeOf("notes.md", NOTES, { embeddingPath: modelOf("bedtime") });
    const informed = await answerOf("sums", question, more);
    expect(informed.promptTokens.length).toBeGreaterThan(plain.promptTokens.length);
  });

  test("that would leave no room for an answer is left out", async () => {
    const long = "parking ".repeat(400);
    const asked = [{ role: "user", content: "parking?" }] as const;
    const bare = await answerOf("sums", asked);
    const wide = { settings: { chunkChars: 4_000, overlapChars: 0, topK: 1 } };
    expect((await answerOf("sums", asked, await knowledgeOf("long.txt", long, wide))).promptTokens).toEqual(
      bare.promptTokens,
    );
  });

  test("that is no text is refused, by name", async () => {
    const path = await fileOf("noise.txt", Buffer.from([0xff, 0xfe, 0x00]));
    const knowledge = { files: [{ name: "noise.txt", path }], settings, embeddingPath: null };
    await expect(answerOf("sums", question, { knowledge })).rejects.toThrow("noise.txt is no UTF-8 text");
  });
});

describe("an entry with an adapter and knowledge", () => {
  let node: TestNode;
  let adapterPath = "";
  afterAll(() => node?.close());

  test("is served with both, all verified; a swapped adapter ends that", async () => {
    const adapter = loraFile({ tensor: "blk.0.attn_q.weight", width: 128, rank: 4, value: 4 });
    const notes = Buffer.from("# Parking\n\nBehind the yellow house, free on Sundays.");
    node = await startNode(async (at) => {
      adapterPath = join(at, "accent.gguf");
      await writeFile(adapterPath, adapter);
      await writeFile(join(at, "notes.md"), notes);
      const more = await Promise.all([
        manifestFileOf(adapter, { role: "adapter", name: "accent.gguf" }),
        manifestFileOf(notes, { role: "knowledge", name: "notes.md" }),
      ]);
      const { facts } = await writeEntry(at, "sums", 1, (manifest) => ({
        ...manifest,
        files: [...manifest.files, ...more],
      }));
      return [facts];
    });
    const ask = async (question: string) => {
      const response = await fetch(`${node.url}/v1/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ model: "sums", temperature: 0, messages: [{ role: "user", content: question }] }),
      });
      return { status: response.status, body: (await response.json()) as Answer };
    };
    await until("the entry to be served", async () => (await fetch(`${node.url}/ready`)).ok);
    const { status, body } = await ask("What is 17 plus 5?");
    expect(status).toBe(200);
    expect(body.choices[0]?.message.content).not.toBe("17 plus 5 is 22.");
    const { usage } = (await ask("Where is parking?")).body;
    expect(usage.prompt_tokens).toBeGreaterThan(body.usage.prompt_tokens + 20);

    await writeFile(adapterPath, loraFile({ tensor: "blk.0.attn_q.weight", width: 128, rank: 4, value: 5 }));
    await until("the node to notice", async () => {
      await fetch(`${node.url}/v1/attestations`);
      return node.log.some((line) => line.includes("not served any longer")) || (await ask("1 plus 1?")).status !== 200;
    });
  });
});

type Answer = {
  readonly choices: readonly { readonly message: { readonly content: string } }[];
  readonly usage: { readonly prompt_tokens: number };
};
