import { readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { canonicalBytes } from "#protocol/canonicalJson.ts";
import { bareHex, toBytes32 } from "#protocol/hashing.ts";
import { manifestHash, parseManifest } from "#protocol/manifest.ts";
import { hashFile } from "#protocol/piecesRoot.ts";
import type { EntryFacts } from "../../../inference-node/models/entryFacts.ts";
import { nodeHashing } from "../../../inference-node/models/nodeHashing.ts";
import { putTogether, takeApart } from "../../support/gguf.ts";
import { until } from "../../support/until.ts";
import { hostileFiles } from "./hostileFiles.ts";
import { modelProcessesOf } from "./processes.ts";
import { contest, readDraft, startNode, type TestNode, writeEntry } from "./startNode.ts";

/** A node that hosts every crafted file as an entry, beside one honest entry that must go on answering. */

const names = Object.keys(hostileFiles);
const firstId = 2;
let node: TestNode;

beforeAll(async () => {
  node = await startNode(async (folder) => {
    const honest = await writeEntry(folder, "sums", 1);
    const sound = await readFile(honest.modelPath);
    const made = names.map(async (name, index) => {
      const file = takeApart(sound);
      hostileFiles[name]?.(file);
      return await entryOf(folder, firstId + index, putTogether(file));
    });
    const cut = await entryOf(folder, firstId + names.length, sound.subarray(0, 700_000));
    return [honest.facts, ...(await Promise.all(made)), cut];
  });
  await until("every entry to be tried", async () => {
    const { entries } = await readiness();
    return entries.length === names.length + 2 && entries.every(({ state }) => state !== "preparing");
  });
});
afterAll(() => node?.close());

/** An entry whose author says truly what its file is; only the file is hostile. */
async function entryOf(folder: string, entryId: number, bytes: Buffer): Promise<EntryFacts> {
  const { size, sha256, piecesRoot, pieceLength, pieceLayer } = await hashFile([bytes], nodeHashing);
  const hex = (hash: Uint8Array): string => bareHex(toBytes32(hash));
  const manifest = parseManifest({
    version: 1,
    ...(await readDraft("sums")),
    name: `hostile ${entryId}`,
    files: [
      {
        role: "model",
        name: `hostile-${entryId}.gguf`,
        size,
        sha256: hex(sha256),
        piecesRoot: hex(piecesRoot),
        pieceLength,
        pieceLayer: pieceLayer.map(hex),
        urls: [],
      },
    ],
  });
  const hash = manifestHash(manifest, nodeHashing.sha256);
  await writeFile(join(folder, `hostile-${entryId}.gguf`), bytes);
  await writeFile(join(folder, `${bareHex(hash)}.json`), canonicalBytes(manifest));
  return {
    contest,
    entryId,
    manifestHash: hash,
    modelSha256: toBytes32(sha256),
    modelRoot: toBytes32(piecesRoot),
    modelSize: size,
    manifestURI: "http://127.0.0.1:9/none",
  };
}

type Ready = { ready: boolean; entries: { id: string; state: string; detail: string | null }[] };
const readiness = async (): Promise<Ready> => (await (await fetch(`${node.url}/ready`)).json()) as Ready;

async function ask(entryId: number): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${node.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      model: `${contest}/${entryId}`,
      temperature: 0,
      max_tokens: 24,
      messages: [{ role: "user", content: "What is 17 plus 5?" }],
    }),
  });
  const body = (await answer.json()) as { choices?: { message: { content: string } }[] };
  return { status: answer.status, text: body.choices?.[0]?.message.content ?? JSON.stringify(body) };
}

/** Status of the hostile entry's answer, and what the honest one said right after. */
type Outcome = { readonly status: number; readonly honest: string };

/** Asks all hostile entries, a few at a time: most of the time goes into starting processes. */
async function askAll(ids: readonly number[]): Promise<Map<number, Outcome>> {
  const outcomes = new Map<number, Outcome>();
  const left = [...ids];
  const work = async (): Promise<void> => {
    for (let id = left.shift(); id !== undefined; id = left.shift()) {
      const { status } = await ask(id);
      outcomes.set(id, { status, honest: (await ask(1)).text });
    }
  };
  await Promise.all([work(), work(), work()]);
  return outcomes;
}

describe("an entry with a hostile file", () => {
  let outcomes: Map<number, Outcome>;
  beforeAll(async () => {
    outcomes = await askAll([...names.keys(), names.length].map((index) => firstId + index));
  });

  test.each([...names, "the end of the file missing"].map((name, index) => [name, firstId + index] as const))(
    "with %s leaves the node answering for the others",
    (_name, entryId) => {
      expect([200, 404, 500, 503]).toContain(outcomes.get(entryId)?.status);
      expect(outcomes.get(entryId)?.honest).toBe("17 plus 5 is 22.");
    },
  );

  test("of every kind but those that llama.cpp reads around is refused or ends its own process, and says why", async () => {
    const { entries } = await readiness();
    const well = entries
      .filter(({ state }) => state === "ready" || state === "asleep")
      .map(({ id }) => names[Number(id.split("/")[1]) - firstId] ?? id);
    expect(harmless).toEqual(expect.arrayContaining(well));
    for (const { state, detail } of entries) if (state !== "ready" && state !== "asleep") expect(detail).toBeTruthy();
  });
});

/** The honest entry, and files whose flaw llama.cpp does not mind. */
const harmless = [
  "a first token outside the vocabulary",
  "an end token outside the vocabulary",
  `${contest}/1`,
].toSorted();

describe("an honest entry", () => {
  test("whose file is cut while it is served answers on, and is neither attested nor loaded again", async () => {
    expect(await ask(1)).toEqual({ status: 200, text: "17 plus 5 is 22." });
    const pids = await modelProcessesOf(process.pid);
    expect(pids.length).toBeGreaterThan(0);
    await truncate(join(node.folder, "sums.gguf"), 500_000);
    const answer = await ask(1);
    expect([200, 404]).toContain(answer.status);
    if (answer.status === 200) expect(answer.text).toBe("17 plus 5 is 22.");
    expect((await fetch(`${node.url}/`)).status).toBe(200);
  });
});
