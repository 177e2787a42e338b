import { Agent, request } from "node:http";
import { afterEach, expect, test } from "vitest";
import { defaultServeLimits } from "../../../inference-node/serve/admission.ts";
import { until } from "../../support/until.ts";
import { contest, startNode, type TestNode, writeEntry } from "./startNode.ts";

let node: TestNode | undefined;
afterEach(async () => {
  await node?.close();
  node = undefined;
});

async function start(limits: Partial<typeof defaultServeLimits> = {}, maxWaiting = 16): Promise<TestNode> {
  node = await startNode(async (folder) => [(await writeEntry(folder, "sums", 1)).facts], {
    serveLimits: { ...defaultServeLimits, drainMs: 60_000, ...limits },
    maxWaiting,
    trustProxy: true,
  });
  const { url } = node;
  await until("a ready node", async () => (await fetch(`${url}/ready`)).ok);
  return node;
}

const body = JSON.stringify({ model: "sums", stream: true, messages: [{ role: "user", content: "17 plus 5" }] });
/** Asks from an address that a proxy tells. */
const ask = (url: string, from: string, more: RequestInit = {}) =>
  fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Forwarded-For": from },
    body,
    ...more,
  });

test("500 streams of one client leave room for another, and for the one's next", { timeout: 240_000 }, async () => {
  const { url } = await start({ maxOpenPerClient: 8 }, 4);
  const agent = new Agent({ maxSockets: 500 });
  const statuses: number[] = [];
  const hints: (string | undefined)[] = [];
  const requests = Array.from({ length: 500 }, () => {
    const headers = { "Content-Type": "application/json", "X-Forwarded-For": "192.0.2.1" };
    const sent = request(`${url}/v1/chat/completions`, { method: "POST", headers, agent }, (answer) => {
      statuses.push(answer.statusCode ?? 0);
      if (answer.statusCode !== 200) hints.push(answer.headers["retry-after"]);
      answer.resume();
    });
    sent.on("error", () => statuses.push(0));
    sent.end(body);
    return sent;
  });
  await until("the refusals", () => statuses.filter((status) => status !== 200).length >= 400, 120_000);
  const other = await ask(url, "192.0.2.2");
  expect(other.status).toBe(200);
  expect(await other.text()).toContain('"coindrop"');
  expect(statuses.filter((status) => status !== 200 && status !== 429 && status !== 503)).toEqual([]);
  expect(hints.every((hint) => Number(hint) > 0)).toBe(true);
  for (const sent of requests) sent.destroy();
  agent.destroy();
  const after = await until("room again", async () => {
    const answer = await ask(url, "192.0.2.1");
    if (answer.status === 200) return answer;
    await answer.text();
    return false;
  });
  await after.text();
});

test("what Prometheus and llama-server's tools ask", async () => {
  const { url } = await start();
  await (await ask(url, "192.0.2.1")).text();
  const metrics = await until("the answer to be counted", async () => {
    const text = await (await fetch(`${url}/metrics`)).text();
    return /coindrop_requests_total\{route="\/v1\/chat\/completions",status="200"\} 1/.test(text) && text;
  });
  expect(metrics).toMatch(new RegExp(`coindrop_tokens_total\\{entry="${contest}/1",kind="output"\\} [1-9]`));
  expect(metrics).toMatch(/coindrop_models\{state="ready"\} 1/);
  expect(metrics).toMatch(/llamacpp:tokens_predicted_total [1-9]/);
  expect(metrics).toMatch(/coindrop_first_token_seconds_count\{.*\} 1/);
  const json = async (path: string) => (await fetch(`${url}${path}`)).json() as Promise<unknown>;
  expect(await json("/props")).toMatchObject({ total_slots: 1, model_path: "sums.gguf" });
  expect(await json("/slots?model=sums")).toMatchObject([{ n_ctx: 512, is_processing: false }]);
  expect(await json("/v1/models")).toMatchObject({ data: [{ meta: { n_ctx_train: 512, n_embd: 128 } }] });
  expect(await json("/openapi.json")).toMatchObject({ openapi: "3.1.0" });
});

test("health tells a chain that is away", async () => {
  const { url, chain } = await start();
  const health = async () => (await fetch(`${url}/health`)).json() as Promise<{ state: string; reasons: string[] }>;
  expect((await health()).state).toBe("ready");
  chain.away = true;
  await until("a degraded node", async () => (await health()).state === "degraded");
  expect((await health()).reasons).toEqual(["The chain does not answer."]);
  chain.away = false;
  await until("a ready node", async () => (await health()).state === "ready");
});

test("a node that is told to stop first ends the answers that it was asked for", async () => {
  const { url, close } = await start();
  const asked = Array.from({ length: 4 }, (_, index) => ask(url, `192.0.2.${index}`));
  await until("all to be in", async () => {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    const counts = metrics.matchAll(
      /^coindrop_requests(?:\{.*state="(?:running|waiting)"|_total\{route="\/v1\/chat.*)\} (\d+)$/gm,
    );
    return [...counts].reduce((sum, [, count]) => sum + Number(count), 0) === 4;
  });
  node = undefined;
  const closed = close();
  const answers = await Promise.all(asked.map(async (answer) => (await answer).text()));
  expect(answers.map((text) => text.endsWith("data: [DONE]\n\n"))).toEqual([true, true, true, true]);
  await closed;
});
