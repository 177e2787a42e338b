import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Bundle, bundleSchema } from "#protocol/node.ts";
import type { EngineSetting } from "../../../inference-node/engine/engineSettings.ts";
import { findLlamaServer } from "../../bench/findLlamaServer.ts";
import { startTheirs } from "../../bench/servers.ts";
import { manifestFileOf } from "../../support/manifestFileOf.ts";
import { until } from "../../support/until.ts";
import { argmaxAfterEach } from "./argmaxAfterEach.ts";
import { startNode, type TestNode, writeEntry } from "./startNode.ts";

const questions = ["What is 17 plus 5?", "Hey, how much is 26 plus 57?", "which number is bigger, 89 or 98?"];
const binary = findLlamaServer(false);
const noServer =
  "there is no llama-server: LLAMA_SERVER=<its binary>, or build one with npm run bench:inference -- --build";
if (binary === null) console.warn(`Engines are not tried against a llama-server: ${noServer}.`);
let modelPath = "";
let embedded: TestNode;
const nodes: TestNode[] = [];

async function start(engines: readonly EngineSetting[], parallel = 1, notes?: Buffer): Promise<TestNode> {
  const node = await startNode(
    async (folder) => {
      const known = notes && (await manifestFileOf(notes, { role: "knowledge", name: "notes.md" }));
      if (notes !== undefined) await writeFile(join(folder, "notes.md"), notes);
      const written = await writeEntry(folder, "sums", 5, (manifest) =>
        known === undefined ? manifest : { ...manifest, files: [...manifest.files, known] },
      );
      modelPath = written.modelPath;
      return [written.facts];
    },
    { engines, parallel },
  );
  nodes.push(node);
  await until("a ready node", async () => (await fetch(`${node.url}/ready`)).ok);
  return node;
}

async function ask({ url }: TestNode, content: string): Promise<{ text: string; bundle: Bundle }> {
  const client = new OpenAI({ apiKey: "none", baseURL: `${url}/v1`, maxRetries: 0 });
  const answer = await client.chat.completions.create({
    model: "sums",
    messages: [{ role: "user", content }],
    temperature: 0,
  });
  const bundle = bundleSchema.parse((answer as unknown as { coindrop: unknown }).coindrop);
  return { text: answer.choices[0]?.message.content ?? "", bundle };
}

/** A door before an OpenAI API that remembers the messages of the last chat that went through. */
async function listenTo(target: string) {
  const state = { messages: [] as unknown[] };
  const server = createServer(async (request, response) => {
    const body = await text(request);
    state.messages = (JSON.parse(body) as { messages: unknown[] }).messages;
    const answer = await fetch(`${target}${request.url}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body,
    });
    response.writeHead(answer.status, { "Content-Type": answer.headers.get("Content-Type") ?? "" });
    response.end(await answer.text());
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    get messages() {
      return state.messages;
    },
    close: () => new Promise((closed) => server.close(closed)),
  };
}

beforeAll(async () => {
  embedded = await start([], 3);
});
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.close()));
});

test("answers under way at the same time are those that would have come alone, token by token", async () => {
  const together = await Promise.all(questions.map((question) => ask(embedded, question)));
  for (const [at, question] of questions.entries()) {
    const alone = await ask(embedded, question);
    expect(together[at]?.bundle.outputTokens).toEqual(alone.bundle.outputTokens);
    expect(together[at]?.text).toBe(alone.text);
  }
});

describe("an OpenAI-compatible upstream", () => {
  test("answers, with a receipt over the verified file's tokens and an engine that says whose text it is", async () => {
    const node = await start([{ api: "openai", url: `${embedded.url}/v1`, model: "sums" }]);
    for (const question of questions) {
      const [own, passed] = [await ask(embedded, question), await ask(node, question)];
      expect(passed.text).toBe(own.text);
      expect(passed.bundle.promptTokens).toEqual(own.bundle.promptTokens);
      expect(passed.bundle.engine).toMatchObject({ upstream: "openai", llamaCpp: "unknown" });
      // All but the token that ended the upstream's turn, of which its text tells nothing.
      expect(passed.bundle.outputTokens).toEqual(own.bundle.outputTokens.slice(0, -1));
    }
  });

  test("is told what the entry knows about the question, found here", async () => {
    const notes = Buffer.from("# Parking\n\nBehind the yellow house.\n\n# Rain\n\nThe roof leaks.");
    const heard = await listenTo(embedded.url);
    const informed = await start([], 1, notes);
    const node = await start([{ api: "openai", url: `${heard.url}/v1`, model: "sums" }], 1, notes);
    try {
      const [own, passed] = [await ask(informed, "Where is parking?"), await ask(node, "Where is parking?")];
      expect(heard.messages).toEqual([
        expect.objectContaining({ role: "system", content: expect.stringContaining("Behind the yellow house.") }),
        { role: "user", content: "Where is parking?" },
      ]);
      expect(passed.bundle.promptTokens).toEqual(own.bundle.promptTokens);
      expect(passed.text).toBe(own.text);
    } finally {
      await heard.close();
    }
  });

  test("that is gone is an error to the caller, and the node goes on", async () => {
    const node = await start([{ api: "openai", url: "http://127.0.0.1:9/v1", model: "sums" }]);
    await expect(ask(node, "What is 17 plus 5?")).rejects.toThrow(/500|502|503/);
    expect((await fetch(`${node.url}/ready`)).ok).toBe(true);
  });
});

describe("a llama-server of the node's own", () => {
  test("gives the embedded engine's answers, with receipts that hold against the model", async (context) => {
    if (binary === null) return context.skip(noServer);
    const node = await start([{ api: "own-llama-server", binary }], 3);
    const together = await Promise.all(questions.map((question) => ask(node, question)));
    for (const [at, question] of questions.entries()) {
      const [own, { text, bundle }] = [await ask(embedded, question), together[at] as Awaited<ReturnType<typeof ask>>];
      expect(text).toBe(own.text);
      expect(bundle.promptTokens).toEqual(own.bundle.promptTokens);
      expect(bundle.engine).toMatchObject({ upstream: "llama-server", flashAttention: false });
      expect(await argmaxAfterEach(modelPath, bundle.promptTokens, bundle.outputTokens)).toEqual(bundle.outputTokens);
    }
  });
});

describe("a llama-server that somebody else started", () => {
  test("gives the embedded engine's answers, with receipts that hold against the model", async (context) => {
    if (binary === null) return context.skip(noServer);
    const server = await startTheirs(binary, modelPath, { threads: 1, parallel: 3 });
    try {
      const node = await start([{ api: "llama-server", url: server.url, flashAttention: false, batchSize: 512 }], 3);
      for (const question of questions) {
        const [own, { text, bundle }] = [await ask(embedded, question), await ask(node, question)];
        expect(text).toBe(own.text);
        expect(bundle.promptTokens).toEqual(own.bundle.promptTokens);
        expect(bundle.engine).toMatchObject({ upstream: "llama-server", variant: "llama-server", batchSize: 512 });
        expect(bundle.engine.llamaCpp).not.toBe("unknown");
        expect(await argmaxAfterEach(modelPath, bundle.promptTokens, bundle.outputTokens)).toEqual(bundle.outputTokens);
      }
    } finally {
      await server.close();
    }
  });

  test("with too small a context is not served, and the operator is told how to start it", async (context) => {
    if (binary === null) return context.skip(noServer);
    const server = await startTheirs(binary, modelPath, { threads: 1, parallel: 1, contextSize: 256 });
    try {
      const node = await startNode(async (folder) => [(await writeEntry(folder, "sums", 5)).facts], {
        engines: [{ api: "llama-server", url: server.url, flashAttention: false, batchSize: 512 }],
      });
      nodes.push(node);
      const detail = await until("a refusal", async () => {
        const { entries } = (await (await fetch(`${node.url}/ready`)).json()) as {
          entries: { detail: string | null }[];
        };
        return entries[0]?.detail;
      });
      expect(detail).toContain("holds too few tokens");
      expect(detail).toContain("--ctx-size");
    } finally {
      await server.close();
    }
  });
});
