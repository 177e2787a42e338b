import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bareHex } from "#protocol/hashing.ts";
import { parseManifest } from "#protocol/manifest.ts";
import { attestationsAnswer } from "#protocol/node.ts";
import type { EntryFacts } from "../../../inference-node/models/entryFacts.ts";
import { until } from "../../support/until.ts";
import { watchRoutes } from "../../support/watchRoutes.ts";
import { contest, startNode, type TestNode, writeEntry } from "./startNode.ts";

let node: TestNode;
let served: ReadonlySet<string>;
let facts: EntryFacts;
let modelPath: string;
const clock = { ms: Date.UTC(2026, 5, 1, 12, 10) };

beforeAll(async () => {
  const start = () =>
    startNode(
      async (folder) => {
        const sums = await writeEntry(folder, "sums", 1);
        const twin = await writeEntry(folder, "haiku", 2, (manifest) => ({ ...manifest, name: "Twin" }));
        const other = await writeEntry(folder, "bedtime", 3, (manifest) => ({ ...manifest, name: "twin" }));
        facts = sums.facts;
        modelPath = sums.modelPath;
        return [sums.facts, twin.facts, other.facts];
      },
      { now: () => clock.ms, elapsed: () => clock.ms },
    );
  const watched = await watchRoutes(start);
  node = watched.server;
  served = watched.served;
  await until("a ready node", async () => (await fetch(`${node.url}/ready`)).ok);
});
afterAll(() => node?.close());

const post = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${node.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
const user = (content: unknown) => [{ role: "user", content }];
const errorOf = async (answer: Response): Promise<Record<string, unknown>> => ({
  status: answer.status,
  ...((await answer.json()) as { error: Record<string, string | null> }).error,
});

test("every route of the running node is described, and nothing else is", async () => {
  const { paths } = (await (await fetch(`${node.url}/openapi.json`)).json()) as { paths: Record<string, object> };
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  // A model's id has a slash in it, so that its route takes whatever follows.
  const named = [...served].map((route) => route.replace("/models/*", "/models/{model}").replaceAll(/:(\w+)/g, "{$1}"));
  expect(described.sort()).toEqual(named.sort());
});

describe("refusals that an OpenAI client understands", () => {
  test("an unknown model", async () => {
    const error = await errorOf(await post({ model: "gpt-5", messages: user("hi") }));
    expect(error).toMatchObject({
      status: 404,
      type: "invalid_request_error",
      code: "model_not_found",
      param: "model",
    });
    expect(error).toHaveProperty("message");
  });

  test("a model whose name holds a percent sign", async () => {
    const error = await errorOf(await fetch(`${node.url}/v1/models/%25zz`));
    expect(error).toMatchObject({ status: 404, code: "model_not_found" });
    expect(error["message"]).toContain('"%zz"');
    const byId = await fetch(`${node.url}/v1/models/${contest}%2F1`);
    expect(byId.status).toBe(200);
  });

  test("a name that two entries share", async () => {
    expect(await errorOf(await post({ model: "TWIN", messages: user("hi") }))).toMatchObject({
      status: 400,
      code: "model_ambiguous",
    });
  });

  test("a prompt longer than the context", async () => {
    const error = await errorOf(await post({ model: "sums", messages: user("17 plus 5 ".repeat(200)) }));
    expect(error).toMatchObject({ status: 400, code: "context_length_exceeded", param: "messages" });
    expect(error["message"]).toContain("512 tokens");
  });

  test.each([
    [{ model: "sums" }, "messages"],
    [{ model: "sums", messages: [] }, "messages"],
    [{ model: "sums", messages: [{ role: "wizard", content: "hi" }] }, "messages.0.role"],
    [{ model: "sums", messages: user([{ type: "image_url", image_url: { url: "x" } }]) }, "messages.0.content"],
    [{ model: "sums", messages: user("hi"), temperature: 9 }, "temperature"],
    [{ model: "sums", messages: user("hi"), n: 2 }, "n"],
    [{ model: "sums", messages: user("hi"), tools: [{}] }, "tools"],
    [{ model: "sums", messages: user("hi"), presence_penalty: 1 }, "presence_penalty"],
    [{ model: "sums", messages: user("hi"), max_tokens: -1 }, "max_tokens"],
    [{ model: "sums", messages: user("hi"), top_k: 1e9 }, "top_k"],
    [{ model: "sums", messages: user("hi"), stop: Array(9).fill("x") }, "stop"],
    [{ model: "sums", messages: user("hi"), logprobs: true }, "logprobs"],
    [{ model: "sums", messages: user("hi"), response_format: { type: "xml" } }, "response_format.type"],
  ])("a wrong field: %j", async (body, param) => {
    expect(await errorOf(await post(body))).toMatchObject({ status: 400, param, type: "invalid_request_error" });
  });

  test("a body that is no JSON, and one that is too large", async () => {
    expect(await errorOf(await post("{"))).toMatchObject({ status: 400, code: "bad_request" });
    const long = await post({ model: "sums", messages: user("x".repeat(1_000_000)) });
    expect(await errorOf(long)).toMatchObject({ status: 400, code: "prompt_too_large", param: "messages" });
    const large = await post({ model: "sums", messages: user("x".repeat(2_100_000)) });
    expect(await errorOf(large)).toMatchObject({ status: 413, code: "request_too_large" });
  });

  test("a route that is not there", async () => {
    expect(await errorOf(await fetch(`${node.url}/v2/nothing`))).toMatchObject({ status: 404, code: "not_found" });
  });
});

describe("what a node says about itself", () => {
  test("that it keeps nothing of anybody's prompts, and what a receipt does not prove", async () => {
    const about = (await (await fetch(`${node.url}/`)).json()) as Record<string, string>;
    expect(about["keepsOfYourPrompts"]).toMatch(/^Nothing\./);
    expect(about["proves"]).toContain("not what it ran");
    expect(about["node"]).toBe(node.key.toLowerCase());
  });

  test("and its log holds no word of a prompt or an answer", async () => {
    const secret = "my number is 61 plus 12";
    const answer = await post({ model: "sums", temperature: 0, messages: user(secret) });
    expect(answer.status).toBe(200);
    await post({ model: "sums", messages: user(`${secret} `.repeat(300)) });
    expect(node.log.join("")).toContain("model verified");
    expect(node.log.join("")).not.toContain("my number");
    expect(node.log.join("")).not.toContain("61 plus 12");
  });

  test("and no file of it holds one, nor a salt", async () => {
    const answer = await post({ model: "sums", temperature: 0, messages: user("what is 43 plus 38") });
    const { coindrop } = (await answer.json()) as { coindrop: { salt: string } };
    const kept = await readdir(node.folder, { recursive: true, withFileTypes: true });
    const files = kept.filter((item) => item.isFile());
    expect(files.length).toBeGreaterThan(1);
    for (const { parentPath, name } of files) {
      const bytes = await readFile(join(parentPath, name));
      for (const word of ["what is 43 plus 38", "43 plus 38 is 81", coindrop.salt.slice(2)])
        expect(bytes.includes(word), name).toBe(false);
      expect(bytes.includes(Buffer.from(coindrop.salt.slice(2), "hex")), name).toBe(false);
    }
    expect(node.log.join("")).not.toContain(coindrop.salt.slice(2));
  });

  test("that it is alive", async () => {
    expect(await (await fetch(`${node.url}/health`)).json()).toEqual({ status: "ok", state: "ready", reasons: [] });
  });

  test("to a page of any origin, with the headers that it needs", async () => {
    const preflight = await fetch(`${node.url}/v1/chat/completions`, {
      method: "OPTIONS",
      headers: {
        Origin: "http://127.0.0.1:5173",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,x-coindrop-client",
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-headers")).toContain("x-coindrop-client");
    const answer = await post(
      { model: "sums", messages: user("hi"), stream: true },
      { Origin: "http://127.0.0.1:5173" },
    );
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect(answer.headers.get("access-control-expose-headers")).toContain("Retry-After");
    expect(answer.headers.get("content-type")).toContain("text/event-stream");
    await answer.text();
  });
});

describe("files by their hash", () => {
  test("the manifest, in the very bytes that hash to it", async () => {
    const answer = await fetch(`${node.url}/manifests/${bareHex(facts.manifestHash)}`);
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(bareHex(facts.manifestHash));
    expect(parseManifest(JSON.parse(bytes.toString())).name).toBe("sums");
    expect((await fetch(`${node.url}/manifests/${"0".repeat(64)}`)).status).toBe(404);
  });

  test("the model, whole and in ranges", async () => {
    const url = `${node.url}/models/${bareHex(facts.modelSha256)}`;
    const file = await readFile(modelPath);
    expect(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(file)).toBe(true);
    const part = await fetch(url, { headers: { Range: "bytes=16384-32767" } });
    expect(part.status).toBe(206);
    expect(part.headers.get("content-range")).toBe(`bytes 16384-32767/${file.length}`);
    expect(Buffer.from(await part.arrayBuffer()).equals(file.subarray(16_384, 32_768))).toBe(true);
    expect((await fetch(`${node.url}/models/..%2f..%2fpackage.json`)).status).toBe(404);
  });
});

describe("attestations", () => {
  const served = async () =>
    attestationsAnswer.parse(await (await fetch(`${node.url}/v1/attestations`)).json()).attestations;

  test("one per entry, the first on chain in one batch, and none again within the day", async () => {
    const { attested } = node;
    const epoch = String(Math.floor(clock.ms / 3_600_000));
    const all = await until("three attestations", async () => {
      const now = await served();
      return now.length === 3 && now;
    });
    expect(all.map(({ attestation }) => attestation.epoch)).toEqual([epoch, epoch, epoch]);
    await until("three on chain", () => attested.flat().length === 3);
    const ids = attested.flat().map(({ attestation }) => Number(attestation.entryId));
    expect(ids.toSorted()).toEqual([1, 2, 3]);
  });

  test("an entry that is live no more is served and attested no longer", async () => {
    node.chain.entries = node.chain.entries.filter(({ entryId }) => entryId !== 3);
    await until("two attestations", async () => (await served()).length === 2);
    const { data } = (await (await fetch(`${node.url}/v1/models`)).json()) as { data: { id: string }[] };
    expect(data.map(({ id }) => id)).toEqual([`${contest}/1`, `${contest}/2`]);
  });
});
