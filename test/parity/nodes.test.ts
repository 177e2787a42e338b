import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { parseEther, parseEventLogs, toHex } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nodeRegistryAbi } from "#protocol/abi.ts";
import { proveBlock } from "#protocol/blockProof.ts";
import { hashAttestation, hashReceipt, type Receipt } from "#protocol/typedData.ts";
import { nodeHashing } from "../../inference-node/models/nodeHashing.ts";
import { root } from "../../scripts/tool/root.ts";
import { type ContestLab, createContestLab } from "../support/contestLab.ts";
import { createRegistryLab, type FileEntry } from "../support/registryLab.ts";

const BLOCK = 16_384;
const word = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => toHex(bytes));
const address = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => toHex(bytes));
const long = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const short = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe("the registry and the reference agree", () => {
  let lab: ContestLab;
  let node: Awaited<ReturnType<typeof createRegistryLab>>;
  let entry: FileEntry;

  beforeAll(async () => {
    lab = await createContestLab();
    node = await createRegistryLab(lab);
    entry = await node.submitFile(bytesOf(100));
  });
  afterAll(() => lab.chain.close());

  it("on the digest of an attestation", async () => {
    const hashes = fc.record({ manifestHash: word, modelRoot: word, modelSha256: word, engine: word, epoch: long });
    await fc.assert(
      fc.asyncProperty(hashes, async (changed) => {
        const { said, signature } = await node.attest(entry, changed);
        const { evidence } = await slash({
          ...node.on(node.challenger),
          functionName: "slashAttestation",
          args: [said, signature, entry.hashes],
        });
        expect(evidence).toBe(hashAttestation(said, node.domain));
      }),
      { numRuns: 25 },
    );
  });

  it("on the digest of a receipt", async () => {
    const random = fc.record({
      client: address,
      manifestHash: word,
      modelRoot: word,
      epoch: long,
      nonce: long,
      requestHash: word,
      responseHash: word,
      paramsHash: word,
      seed: long,
      promptTokens: short,
      outputTokens: short,
      firstTokenMs: short,
      totalMs: short,
    });
    await fc.assert(
      fc.asyncProperty(random, async (fields) => {
        const said: Receipt = { node: node.node, contest: node.contest, entryId: entry.entryId, ...fields };
        const { evidence } = await slash({
          ...node.on(node.challenger),
          functionName: "slashReceipt",
          args: [said, await node.sign(said), entry.hashes],
        });
        expect(evidence).toBe(hashReceipt(said, node.domain));
      }),
      { numRuns: 25 },
    );
  });

  it.each([
    ["one byte", 1],
    ["one short block", BLOCK - 1],
    ["one whole block", BLOCK],
    ["a second block of one byte", BLOCK + 1],
    ["two whole blocks", 2 * BLOCK],
    ["one padding leaf", 3 * BLOCK],
    ["four blocks, the last short", 4 * BLOCK - 5],
    ["three padding leaves", 5 * BLOCK],
    ["eight blocks", 8 * BLOCK],
    ["seven padding leaves and a last block as long as two hashes", 8 * BLOCK + 64],
  ])("on every block of a file of %s", async (_, size) => {
    const content = bytesOf(size);
    const filed = await node.submitFile(content);
    for (let index = 0; index * BLOCK < size; index += 1) await answer(filed, content, index);
  });

  it("on the blocks of files of any size", async () => {
    const shape = fc.record({
      size: fc.integer({ min: 1, max: 20 * BLOCK }),
      at: fc.double({ min: 0, max: 0.999, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(shape, async ({ size, at }) => {
        const content = bytesOf(size);
        await answer(await node.submitFile(content), content, Math.floor(at * Math.ceil(size / BLOCK)));
      }),
      { numRuns: 15 },
    );
  });

  it("on the demo's models", async () => {
    const models = globSync("scripts/demo/models/*.gguf", { cwd: root });
    expect(models.length).toBeGreaterThan(0);
    for (const model of models) {
      const content = readFileSync(join(root, model));
      const filed = await node.submitFile(content);
      const last = Math.ceil(content.length / BLOCK) - 1;
      for (const index of [0, 1, last >> 1, last - 1, last]) await answer(filed, content, index);
    }
  });

  it("that a file has no block past its last", async () => {
    await expect(proveBlock([bytesOf(BLOCK)], 1, nodeHashing.sha256)).rejects.toThrow(
      "The file has 1 blocks and so no block 1, counted from 0.",
    );
    const filed = await node.submitFile(bytesOf(BLOCK));
    await expect(node.challenge(filed, 1)).rejects.toThrow("Nodes_NoSuchBlock(1, 1)");
  });

  /** Asks the node for the block and has a stranger carry the proof; throws when the registry refuses it. */
  async function answer(filed: FileEntry, content: Uint8Array, index: number): Promise<void> {
    const { challengeId } = await node.challenge(filed, index);
    const { data, path } = await proveBlock(cut(content), index, nodeHashing.sha256);
    const { logs } = await lab.chain.write({
      ...node.on(node.challenger),
      functionName: "answerBlock",
      args: [challengeId, data, path],
    });
    const [event] = parseEventLogs({ abi: nodeRegistryAbi, eventName: "BlockAnswered", logs: logs as never });
    expect(event?.args).toEqual({ challengeId, node: expect.stringMatching(new RegExp(node.node, "i")) });
  }

  /** Slashes the node, tops it up again, and returns what the registry told. */
  async function slash(
    call: Parameters<typeof lab.chain.write<typeof nodeRegistryAbi, "slashReceipt" | "slashAttestation">>[0],
  ) {
    const { logs } = await lab.chain.write(call);
    const [event] = parseEventLogs({ abi: nodeRegistryAbi, eventName: "NodeSlashed", logs: logs as never });
    if (event === undefined) throw new Error("the registry told of no slash");
    await lab.chain.write({ ...node.on(node.node), functionName: "addStake", args: [parseEther("200")] });
    return event.args;
  }
});

/** Bytes that differ from block to block. */
function bytesOf(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => (i * 31 + (i >> 8) * 7 + (i >> 14)) & 255);
}

/** The same bytes in chunks that end in the middle of blocks. */
function* cut(content: Uint8Array): Generator<Uint8Array> {
  for (let offset = 0; offset < content.length; offset += 50_001) yield content.subarray(offset, offset + 50_001);
}
