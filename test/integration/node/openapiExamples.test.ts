import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeNodeApi } from "../../../inference-node/serve/openapi.ts";
import { checkExamples } from "../../support/checkExamples.ts";
import { until } from "../../support/until.ts";
import { startNode, type TestNode, writeEntry } from "./startNode.ts";

/** The examples of the node's description are what a node answers. */

const EXAMPLES = new URL("../../../inference-node/serve/openapiExamples.json", import.meta.url);
type Example = { readonly parameters?: Record<string, string>; readonly body?: object; readonly answer: unknown };
let node: TestNode;
let model = "";
let manifestHash = "";

beforeAll(async () => {
  node = await startNode(async (folder) => {
    const { facts } = await writeEntry(folder, "sums", 5);
    model = `${facts.contest}/${facts.entryId}`;
    manifestHash = facts.manifestHash.slice(2);
    return [facts];
  });
  await until("an attestation", async () => {
    const { attestations } = (await (await fetch(`${node.url}/v1/attestations`)).json()) as { attestations: unknown[] };
    return attestations.length > 0;
  });
});
afterAll(() => node?.close());

async function realExamples(): Promise<Record<string, Example>> {
  const messages = [{ role: "user", content: "What is 17 plus 5?" }];
  const prompt = "What is 17 plus 5?";
  const posts: Record<string, object> = {
    "/v1/chat/completions": { model, messages, temperature: 0 },
    "/v1/completions": { model, prompt, temperature: 0 },
    "/v1/embeddings": { model, input: prompt },
    "/api/chat": { model, messages, stream: false, options: { temperature: 0 } },
    "/api/generate": { model, prompt, stream: false, options: { temperature: 0 } },
    "/api/embed": { model, input: prompt },
    "/api/embeddings": { model, prompt },
    "/api/show": { model },
  };
  const [contest = "", entryId = ""] = model.split("/");
  const gets: Record<string, Record<string, string>> = {
    ...Object.fromEntries(
      ["/", "/health", "/ready", "/props", "/slots", "/v1/models", "/v1/attestations"].map((path) => [path, {}]),
    ),
    "/v1/models/{model}": { model },
    "/v1/entries/{contest}/{entryId}/card": { contest, entryId },
    "/manifests/{sha256}": { sha256: manifestHash },
    ...Object.fromEntries(["/api/version", "/api/tags", "/api/ps"].map((path) => [path, {}])),
  };
  const examples: Record<string, Example> = {};
  for (const [path, body] of Object.entries(posts)) {
    examples[`post ${path}`] = { body, answer: await ask(path, body) };
  }
  // After the answers, so that cards have figures.
  for (const [path, parameters] of Object.entries(gets)) {
    const at = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => parameters[name] ?? "");
    examples[`get ${path}`] = { parameters, answer: await ask(at) };
  }
  return examples;
}

async function ask(path: string, body?: object): Promise<unknown> {
  const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(`${node.url}${path}`, body === undefined ? {} : init);
  expect(response.status, path).toBe(200);
  return shortened(await response.json());
}

/** Vectors have hundreds of numbers; three show what they are. */
function shortened(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, inner: unknown) =>
      (key === "embedding" || key === "embeddings") && Array.isArray(inner)
        ? inner.slice(0, 3).map((one: unknown) => (Array.isArray(one) ? one.slice(0, 3) : one))
        : inner,
    ),
  ) as unknown;
}

/** Names and kinds, without the values. */
function outline(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(outline);
  if (typeof value !== "object" || value === null) return value === null ? null : typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, outline(inner)]));
}

describe("the node's description", () => {
  test("has examples that a node answers", async () => {
    const now = await realExamples();
    if (process.env["UPDATE"] === "1") writeFileSync(EXAMPLES, `${JSON.stringify(now, null, 2)}\n`);
    const kept = JSON.parse(readFileSync(EXAMPLES, "utf8")) as unknown;
    const hint = "run this test with UPDATE=1 to write inference-node/serve/openapiExamples.json anew";
    expect(outline(kept), hint).toEqual(outline(now));
  });

  test("has examples that are as its schemas say", () => {
    const { checked, wrong } = checkExamples(describeNodeApi());
    expect(wrong).toEqual([]);
    expect(checked).toBeGreaterThan(30);
  });
});
