import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { planMemory, planVectors } from "../../../inference-node/engine/memoryPlan.ts";
import { createModelRunner } from "../../../inference-node/engine/modelRunner.ts";
import { residentMemory } from "../../../inference-node/engine/residentMemory.ts";
import { checkGgufHeader } from "../../../inference-node/models/ggufHeader.ts";
import { widenModel } from "../../support/wideModel.ts";

/** The plan against what llama.cpp takes for a model whose vocabulary is that of a large one. */

const sums = new URL("../../../scripts/demo/models/sums.gguf", import.meta.url);
const contextSize = 2_048;
let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "coindrop-wide-"));
  path = join(folder, "wide.gguf");
  await writeFile(path, widenModel(await readFile(sums), { tokens: 64_000, contextLength: contextSize }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const planned = async (sequences: number) =>
  planMemory({
    shape: await checkGgufHeader(path),
    fileBytes: (await stat(path)).size,
    adapterBytes: 0,
    embedding: null,
    holder: "process",
    contextSize,
    batchSize: 512,
    sequences,
  });

test.each([1, 4])(
  "buffers for %i answers are what llama.cpp says that it reserves, and a little",
  async (sequences) => {
    // In a process of its own: that much memory would stay with this one.
    const script = `
    const { getLlama, LlamaLogLevel } = await import(${JSON.stringify(import.meta.resolve("node-llama-cpp"))});
    const logger = (_level, message) => process.stdout.write(message);
    const llama = await getLlama({ gpu: false, build: "never", skipDownload: true, logLevel: LlamaLogLevel.debug, logger });
    const model = await llama.loadModel({ modelPath: ${JSON.stringify(path)}, useMmap: false, gpuLayers: 0 });
    await model.createContext({ contextSize: ${contextSize}, batchSize: 512, sequences: ${sequences}, flashAttention: false });
    setTimeout(() => process.exit(), 500);
  `;
    const program = join(folder, "reserve.mjs");
    await writeFile(program, script);
    const { stdout } = await promisify(execFile)(process.execPath, [program]);
    const said = [...stdout.matchAll(/(?:compute|output) buffer size = +([\d.]+) MiB/g)].map(([, size]) =>
      Number(size),
    );
    expect(said.length).toBeGreaterThanOrEqual(2);
    const reserved = said.reduce((sum, size) => sum + size, 0) * 2 ** 20;
    const { buffers } = await planned(sequences);
    expect(buffers).toBeGreaterThanOrEqual(reserved);
    expect(buffers).toBeLessThan(1.25 * reserved);
  },
);

test("a process that makes vectors takes no more than both its plans, and much more than the first", async () => {
  const runner = createModelRunner({
    load: { modelPath: path, contextSize, batchSize: 512, threads: 1, gpu: false },
    limits: { loadMs: 60_000, stallMs: 60_000, cancelMs: 1_000 },
    maxWaiting: 4,
    restartMs: 60_000,
  });
  const taken = async () => (await residentMemory(runner.pid() ?? 0)) ?? 0;
  await runner.wake();
  const { total } = await planned(1);
  expect(await taken()).toBeLessThan(total);
  await runner.embed({ texts: ["17 plus 5 ".repeat(2_000)], truncate: true }, AbortSignal.timeout(120_000));
  const whole = await taken();
  await runner.close();
  const vectors = planVectors(await checkGgufHeader(path), contextSize);
  expect(whole).toBeGreaterThan(total + vectors.total / 2);
  expect(whole).toBeLessThan(total + vectors.total);
});
