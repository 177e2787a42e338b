import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { auditReceipts } from "../../../inference-node/audit/auditReceipts.ts";
import { cpuBackends, onlyBackend } from "../../../inference-node/audit/cpuBackends.ts";
import { ordinaryQuestion } from "../../../inference-node/audit/ordinaryQuestions.ts";
import { readBundles } from "../../../inference-node/audit/readBundles.ts";
import type { EntryFacts } from "../../../inference-node/models/entryFacts.ts";
import { seededRandom } from "../../../scripts/start/seededRandom.ts";
import { requantizeModel } from "../../support/requantizeModel.ts";
import { signedBundle } from "../../support/signedBundle.ts";
import { type Spoken, speak } from "../../support/speakers.ts";
import { writeEntry } from "./startNode.ts";

const account = privateKeyToAccount(generatePrivateKey());
const law = { chainId: 31_337, registry: `0x${"0e".repeat(20)}` } as const;
/** Enough for 1,024 tokens of different answers, as measured in test/bench/audit.md. */
const questions = 150;
/** Another backend than the best; where node-llama-cpp carries one alone there is none. */
const plain = cpuBackends().find((name) => name === "x64" || name === "armv8.0_1");
let folder: string;
let entry: EntryFacts;
let modelPath: string;
let asked: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "coindrop-audit-"));
  ({ facts: entry, modelPath } = await writeEntry(folder, "haiku", 1));
  const random = seededRandom(5);
  const some = Array.from({ length: questions }, () => ordinaryQuestion((below) => Math.floor(random() * below)));
  asked = [...new Set(some)];
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Audits answers that a node signed as the entry's, whatever gave them. */
async function audit(
  spoken: readonly Spoken[],
  more: { knowsAdapters?: boolean; backend?: string | undefined; memory?: number } = {},
) {
  const file = join(folder, "bundles.jsonl");
  const bundles = await Promise.all(spoken.map((one) => signedBundle(entry, account, one)));
  await writeFile(file, bundles.map((bundle) => JSON.stringify(bundle)).join("\n"));
  return await auditReceipts(await readBundles(file), {
    modelPath,
    adapterPaths: [],
    knowsAdapters: true,
    threads: 1,
    lawOf: () => law,
    onProgress: () => undefined,
    ...more,
  });
}

test("an honest node on this CPU holds to the last token", async () => {
  const report = await audit(await speak(modelPath, asked));
  expect(report).toMatchObject({ verdict: "holds", failing: [], pools: [{ rule: "exact", mismatches: 0 }] });
});

test("an honest node on another CPU holds", async () => {
  const only = plain === undefined ? null : onlyBackend(plain);
  const spoken = await speak(modelPath, asked, only?.nodeArguments);
  only?.remove();
  const report = await audit(spoken);
  expect(report).toMatchObject({ verdict: "holds", failing: [] });
  if (plain === undefined) return;
  expect(report.pools[0]).toMatchObject({ rule: "pooled" });
  const again = await audit(spoken, { backend: plain });
  expect(again).toMatchObject({ verdict: "holds", pools: [{ rule: "exact", mismatches: 0 }] });
  expect(again.engine).toContain(`cpu ${plain}`);
});

test("a node on another CPU that serves the model requantised is caught by that CPU's backend alone", async (context) => {
  if (plain === undefined) return context.skip("node-llama-cpp carries one CPU backend alone here");
  const smaller = join(folder, "smaller.gguf");
  await requantizeModel(modelPath, smaller);
  const only = onlyBackend(plain);
  const spoken = await speak(smaller, asked, only.nodeArguments);
  only.remove();
  expect(await audit(spoken, { backend: plain })).toMatchObject({
    verdict: "does not hold",
    pools: [{ rule: "exact" }],
  });
});

test("a model that does not fit in memory is refused with figures before it is loaded", async () => {
  const spoken = await speak(modelPath, asked.slice(0, 1));
  await expect(audit(spoken, { memory: 2 ** 20 })).rejects.toThrow(/It needs .* MiB, and 1.0 MiB are free/);
});

test("a node that serves the model requantised to Q4_0 is caught", async () => {
  const smaller = join(folder, "smaller.gguf");
  await requantizeModel(modelPath, smaller);
  expect(await audit(await speak(smaller, asked))).toMatchObject({ verdict: "does not hold" });
});

test("nobody is accused by what differs where the entry may have an adapter that was not applied", async () => {
  const other = await writeEntry(folder, "bedtime", 2);
  const report = await audit(await speak(other.modelPath, asked.slice(0, 5)), { knowsAdapters: false });
  expect(report).toMatchObject({ verdict: "not enough", adapters: null, pools: [{ verdict: "does not hold" }] });
});

test("a node that serves another model is caught, though it names another CPU", async () => {
  const { modelPath: other } = await writeEntry(folder, "bedtime", 2);
  const spoken = await speak(other, asked);
  const report = await audit(spoken.map((one) => ({ ...one, variant: "cpu of its own" })));
  expect(report).toMatchObject({ verdict: "does not hold", pools: [{ rule: "pooled", verdict: "does not hold" }] });
});
