import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { surveyModels } from "../../../inference-node/doctor/surveyModels.ts";
import { planMemory } from "../../../inference-node/engine/memoryPlan.ts";
import { checkGgufHeader } from "../../../inference-node/models/ggufHeader.ts";
import { storedPath } from "../../../inference-node/models/modelStore.ts";
import { loraFile } from "../../support/loraFile.ts";
import { manifestFileOf } from "../../support/manifestFileOf.ts";
import { writeEntry } from "./startNode.ts";

/** What doctor says that entries need: the plan that serving goes by, and the files that are not here yet. */

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "coindrop-survey-"));
});
afterEach(() => rm(folder, { recursive: true }));
const configOf = (models: string) => ({
  store: join(folder, "store"),
  models: [models],
  manifests: [folder],
  allowPrivate: false,
  engines: [],
  batchSize: 512,
  parallel: 2,
});

test("an entry whose files are here needs what serving plans, and nothing is fetched but the adapter that is missing", async () => {
  const adapter = loraFile({ tensor: "blk.0.attn_q.weight", width: 128, rank: 4, value: 4 });
  const file = await manifestFileOf(adapter, { role: "adapter", name: "accent.gguf" });
  const { facts, modelPath } = await writeEntry(folder, "sums", 1, (manifest) => ({
    ...manifest,
    files: [...manifest.files, file],
  }));
  const { total } = planMemory({
    shape: await checkGgufHeader(modelPath),
    fileBytes: (await stat(modelPath)).size,
    adapterBytes: adapter.length,
    embedding: null,
    holder: "process",
    contextSize: 512,
    batchSize: 512,
    sequences: 2,
  });
  const config = configOf(folder);
  const needs = [{ bytes: total, isWhole: true }];
  expect(await surveyModels(config, [facts])).toEqual({ needs, missing: adapter.length });
  await mkdir(config.store);
  await writeFile(storedPath(config.store, file), adapter);
  expect(await surveyModels(config, [facts])).toEqual({ needs, missing: 0 });
});

test("a model of two entries that is not here is fetched once, and its need is said to be more than its weights", async () => {
  const entries = [await writeEntry(folder, "sums", 1), await writeEntry(folder, "sums", 2)].map(({ facts }) => facts);
  const elsewhere = join(folder, "other-models");
  await mkdir(elsewhere);
  await writeFile(join(elsewhere, "another.gguf"), "of no concern");
  const { needs, missing } = await surveyModels(configOf(elsewhere), entries);
  const size = entries[0]?.modelSize ?? 0;
  expect(missing).toBe(size);
  expect(needs.map(({ isWhole }) => isWhole)).toEqual([false, false]);
  expect(needs[0]?.bytes).toBeGreaterThan(size + 100 * 2 ** 20);
});
