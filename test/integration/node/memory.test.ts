import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rmdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { GenerationJob } from "../../../inference-node/engine/childProtocol.ts";
import { planMemory } from "../../../inference-node/engine/memoryPlan.ts";
import { createModelRunner } from "../../../inference-node/engine/modelRunner.ts";
import { residentMemory } from "../../../inference-node/engine/residentMemory.ts";
import { checkGgufHeader } from "../../../inference-node/models/ggufHeader.ts";
import { until } from "../../support/until.ts";
import { modelProcessesOf } from "./processes.ts";
import { startNode, type TestNode, writeEntry } from "./startNode.ts";

/** Real models against a limit of memory: by option, and by the system's control group. */

const MiB = 2 ** 20;
const here = new URL("./", import.meta.url);
const sums = new URL("../../../scripts/demo/models/sums.gguf", import.meta.url).pathname;
let node: TestNode | undefined;
afterEach(async () => {
  await node?.close();
  node = undefined;
});

async function start(options: Parameters<typeof startNode>[1]): Promise<TestNode> {
  const prepare = async (at: string) => [
    (await writeEntry(at, "sums", 1)).facts,
    (await writeEntry(at, "haiku", 2)).facts,
  ];
  node = await startNode(prepare, options);
  const { url } = node;
  await until("both entries", async () => (await fetch(`${url}/ready`)).ok);
  return node;
}

async function ask({ url }: TestNode, model: string): Promise<{ status: number; code?: string; message?: string }> {
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ model, temperature: 0, messages: [{ role: "user", content: "What is 17 plus 5?" }] }),
  });
  const { error } = (await answer.json()) as { error?: { code: string; message: string } };
  return { status: answer.status, ...error };
}
const statesOf = async ({ url }: TestNode) => {
  const { entries } = (await (await fetch(`${url}/ready`)).json()) as {
    entries: { state: string; detail: string | null }[];
  };
  return entries;
};

describe("a limit of memory", () => {
  test("that no model fits is told with the figures, to who asks and to the operator", async () => {
    const served = await start({ memory: 150 * MiB });
    const refused = await ask(served, "sums");
    expect(refused).toMatchObject({ status: 503, code: "model_no_memory" });
    const figures =
      /needs 204\.\d MiB \(weights 1\.0 MiB, context 1\.0 MiB, buffers 9\.0 MiB, process 192\.9 MiB\) and 150\.0 MiB are free/;
    expect(refused.message).toMatch(figures);
    expect((await statesOf(served))[0]).toMatchObject({ state: "failed", detail: expect.stringMatching(figures) });
    expect(await modelProcessesOf(process.pid)).toEqual([]);
  });

  test("counts the context of each answer that may be under way at a time", async () => {
    const served = await start({ memory: 150 * MiB, parallel: 8 });
    expect((await ask(served, "sums")).message).toContain("context 8.0 MiB");
  });

  test("for one model has the one that was used longest ago make room, where that is allowed", async () => {
    const served = await start({ memory: 250 * MiB, unloadIdle: true });
    expect((await ask(served, "sums")).status).toBe(200);
    const [first] = await modelProcessesOf(process.pid);
    expect((await ask(served, "haiku")).status).toBe(200);
    const held = await modelProcessesOf(process.pid);
    expect(held).toHaveLength(1);
    expect(held).not.toContain(first);
    expect((await statesOf(served)).map(({ state }) => state)).toEqual(["asleep", "ready"]);
    expect((await ask(served, "sums")).status).toBe(200);
  });

  test("for one model leaves it alone where nothing is allowed", async () => {
    const served = await start({ memory: 250 * MiB });
    expect((await ask(served, "sums")).status).toBe(200);
    expect(await ask(served, "haiku")).toMatchObject({ status: 503, code: "model_no_memory" });
    expect((await ask(served, "sums")).status).toBe(200);
  });

  test("of the control group that the node runs in holds", async ({ skip }) => {
    const group = await controlGroup(256 * MiB);
    if ("why" in group) return skip(`no control group of memory can be made here: ${group.why}`);
    const script = `
      const { startNode, writeEntry } = await import("${here}startNode.ts");
      const node = await startNode(async (at) => [(await writeEntry(at, "sums", 1)).facts]);
      while (!(await fetch(node.url + "/ready")).ok) await new Promise((done) => setTimeout(done, 50));
      const answer = await fetch(node.url + "/v1/chat/completions", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ model: "sums", messages: [{ role: "user", content: "hello" }] }),
      });
      console.log(answer.status, (await answer.json()).error?.message);
      await node.close();
    `;
    const enter = 'echo $$ > "$0/cgroup.procs"; exec "$@"';
    const said = await new Promise<string>((done) =>
      execFile(
        "sh",
        ["-c", enter, group.folder, process.execPath, "--input-type=module", "-e", script],
        (error, out, err) => done(`${out}${err}${error?.message ?? ""}`),
      ),
    );
    await rmdir(group.folder);
    expect(said).toMatch(/^503 The model needs 204\.\d MiB .* and (\d\d|1\d\d)\.\d MiB are free/);
  });
});

/** A new control group with a limit, of the first or second version; why there is none where there can be none. */
async function controlGroup(bytes: number): Promise<{ readonly folder: string } | { readonly why: string }> {
  const name = `coindrop-${process.pid}`;
  const one = join("/sys/fs/cgroup/memory", name);
  const two = join("/sys/fs/cgroup", name);
  const [folder, limit] = existsSync("/sys/fs/cgroup/memory") ? [one, "memory.limit_in_bytes"] : [two, "memory.max"];
  try {
    await mkdir(folder);
    await writeFile(join(folder, limit), String(bytes));
    return { folder };
  } catch (error) {
    await rmdir(folder).catch(() => undefined);
    return { why: String(error) };
  }
}

const job: GenerationJob = {
  messages: [{ role: "user", content: "What is 17 plus 5?" }],
  sampling: { temperature: 0, topP: 1, topK: 0, minP: 0, repeatPenalty: 1, seed: 1 },
  maxTokens: null,
  stop: [],
  format: null,
};

test.each([1, 8])(
  "a real model's process of %i sequences takes what its plan says, and not much less",
  async (sequences) => {
    const runner = createModelRunner({
      load: { modelPath: sums, contextSize: 512, batchSize: 512, threads: 1, gpu: false, sequences },
      limits: { loadMs: 60_000, stallMs: 60_000, cancelMs: 1_000 },
      maxWaiting: 4,
      restartMs: 60_000,
    });
    await runner.generate(job, { onPrompt: () => undefined, onText: () => undefined }, AbortSignal.timeout(60_000));
    const taken = (await residentMemory(runner.pid() ?? 0)) ?? 0;
    await runner.close();
    const { total } = planMemory({
      shape: await checkGgufHeader(sums),
      fileBytes: (await stat(sums)).size,
      adapterBytes: 0,
      embedding: null,
      holder: "process",
      contextSize: 512,
      batchSize: 512,
      sequences,
    });
    expect(taken).toBeLessThan(total);
    expect(taken).toBeGreaterThan(total / 2);
  },
);
