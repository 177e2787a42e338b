import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ModelProcess, startModelProcess } from "../../../inference-node/engine/modelProcess.ts";
import { residentMemory } from "../../../inference-node/engine/residentMemory.ts";
import { fakeLlamaServer } from "../../support/fakeLlamaServer.ts";
import { root } from "../../support/realHouse.ts";
import { isAlive } from "./processes.ts";

/** A llama-server of the node's own belongs to its model's process: in what it holds, and in when it is gone. */

const megabytes = 256;
let folder: string;
let model: ModelProcess;
let server: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "coindrop-own-"));
  const { binary, pidFile } = fakeLlamaServer(folder, megabytes);
  model = startModelProcess(
    {
      modelPath: join(root, "scripts/demo/models/sums.gguf"),
      contextSize: 256,
      batchSize: 256,
      threads: 1,
      gpu: false,
      upstream: { api: "own-llama-server", binary },
    },
    { loadMs: 60_000, stallMs: 60_000, cancelMs: 5_000 },
  );
  await model.loaded;
  server = Number(await readFile(pidFile, "utf8"));
});
afterEach(async () => {
  model.kill();
  await rm(folder, { recursive: true, force: true });
});

test("its memory counts as the model's", async () => {
  expect(isAlive(server)).toBe(true);
  expect(await residentMemory(model.pid ?? 0)).toBeGreaterThan(megabytes * 2 ** 20);
});

test("the model's process is not gone before its llama-server is", async () => {
  model.kill();
  await model.exited;
  expect(isAlive(server)).toBe(false);
});

test("a llama-server that ends takes the model's process with it, and says so", async () => {
  process.kill(server, "SIGKILL");
  expect((await model.exited).message).toContain("the model's process ended");
});
