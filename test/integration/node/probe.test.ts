import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bareHex } from "#protocol/hashing.ts";
import { storedPath } from "../../../inference-node/models/modelStore.ts";
import { loraFile } from "../../support/loraFile.ts";
import { startLyingNode } from "../../support/lyingNode.ts";
import { manifestFileOf } from "../../support/manifestFileOf.ts";
import { requantizeModel } from "../../support/requantizeModel.ts";
import { runScript } from "../../support/runScript.ts";
import { until } from "../../support/until.ts";
import { startNode, writeEntry } from "./startNode.ts";

/** `probe`, as a stranger types it, against nodes that serve what they say and nodes that do not. */

let folder: string;
let entry: Awaited<ReturnType<typeof writeEntry>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "coindrop-probe-"));
  entry = await writeEntry(folder, "haiku", 1);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const isReady = (url: string) => until("a ready node", async () => (await fetch(`${url}/ready`)).ok);
async function probe(url: string) {
  const save = join(folder, `${crypto.randomUUID()}.jsonl`);
  const args = ["probe", url, "--model", entry.modelPath, "--requests", "40", "--save", save, "--json"];
  const { code, output } = await runScript("inference-node/main.ts", args);
  return { code, ...(JSON.parse(output) as { verdict: string; pools: unknown[]; failing: unknown[] }) };
}

test("an honest node holds, to the last token", async () => {
  const node = await startNode(async (at) => [(await writeEntry(at, "haiku", 1)).facts]);
  try {
    await isReady(node.url);
    expect(await probe(node.url)).toMatchObject({
      code: 0,
      verdict: "holds",
      pools: [{ rule: "exact", mismatches: 0 }],
    });
  } finally {
    await node.close();
  }
});

test("the example script asks and keeps a bundle that the audit reads and finds sound", async () => {
  const node = await startNode(async (at) => [(await writeEntry(at, "haiku", 1)).facts]);
  const kept = join(folder, "kept.jsonl");
  try {
    await isReady(node.url);
    const asked = await runScript("scripts/examples/askAndKeep.ts", [node.url, "a haiku about rain", kept]);
    expect(asked.output.trim()).not.toBe("");
    expect(asked.code).toBe(0);
    expect((await stat(kept)).mode & 0o077).toBe(0);
    const args = ["audit-receipts", "--from", kept, "--model", entry.modelPath, "--json"];
    const { code, output } = await runScript("inference-node/main.ts", args);
    // One answer is too little for a verdict; nothing in it is wrong.
    expect({ code, ...(JSON.parse(output) as object) }).toMatchObject({
      code: 2,
      read: 1,
      failing: [],
      verdict: "not enough",
      pools: [{ answers: 1, mismatches: 0 }],
    });
  } finally {
    await node.close();
  }
});

test.each([
  [
    "another quantisation of the model",
    async () => {
      await requantizeModel(entry.modelPath, join(folder, "smaller.gguf"));
      return await readFile(join(folder, "smaller.gguf"));
    },
  ],
  ["another model", async () => await readFile((await writeEntry(folder, "bedtime", 2)).modelPath)],
])("a node that serves %s under the entry's name is caught", async (_what, other) => {
  const liar = await startLyingNode(entry, await other());
  try {
    await isReady(liar.inner);
    const { code, verdict, failing, pools } = await probe(liar.url);
    // The signatures are right and every hash is the entry's: only the model can tell.
    expect({ code, verdict, failing }).toEqual({ code: 1, verdict: "does not hold", failing: [] });
    expect(pools).toMatchObject([{ rule: "exact", verdict: "does not hold" }]);
  } finally {
    await liar.close();
  }
});

test("an entry with an adapter is judged with it, or not at all", async () => {
  const adapter = loraFile({ tensor: "blk.0.attn_q.weight", width: 128, rank: 4, value: 4 });
  const file = await manifestFileOf(adapter, { role: "adapter", name: "accent.gguf" });
  let manifestPath = "";
  const node = await startNode(async (at) => {
    await writeFile(join(at, "accent.gguf"), adapter);
    const made = await writeEntry(at, "haiku", 1, (manifest) => ({ ...manifest, files: [...manifest.files, file] }));
    manifestPath = join(at, `${bareHex(made.facts.manifestHash)}.json`);
    return [made.facts];
  });
  try {
    await isReady(node.url);
    const store = join(folder, "store");
    const save = join(folder, "adapted.jsonl");
    const common = ["--model", entry.modelPath, "--json"];
    const asked = ["probe", node.url, "--requests", "3", "--save", save, "--store", store, ...common];
    expect(await runScript("inference-node/main.ts", asked)).toMatchObject({ code: 2 });
    await mkdir(store, { recursive: true });
    await writeFile(storedPath(store, file), adapter);
    const report = await runScript("inference-node/main.ts", asked);
    expect(report.code).toBe(2);
    expect(JSON.parse(report.output)).toMatchObject({
      verdict: "not enough",
      adapters: 1,
      pools: [{ rule: "pooled" }],
    });
    const rateOf = ({ output }: { output: string }) =>
      (JSON.parse(output) as { pools: { matchRate: number }[] }).pools[0]?.matchRate ?? 0;
    expect(rateOf(report)).toBeGreaterThan(0.9);

    const audit = ["audit-receipts", "--from", save, ...common];
    const unknown = await runScript("inference-node/main.ts", audit);
    expect(unknown.code).toBe(2);
    expect(JSON.parse(unknown.output)).toMatchObject({ verdict: "not enough", adapters: null });
    const without = await runScript("inference-node/main.ts", [...audit, "--manifest", manifestPath]);
    expect(without.code).toBe(2);
    expect(without.output).toContain("cannot be judged without its own LoRA adapters");
    const all = [...audit, "--manifest", manifestPath, "--adapter", storedPath(store, file)];
    expect(rateOf(await runScript("inference-node/main.ts", all))).toBe(rateOf(report));
    expect(rateOf(unknown)).toBeLessThan(0.9);
  } finally {
    await node.close();
  }
});
