import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BadModelFileError, checkGgufHeader } from "../../../inference-node/models/ggufHeader.ts";
import { ggufHeader, soundPairs } from "./ggufFile.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "coindrop-gguf-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const check = async (bytes: Uint8Array) => {
  const path = join(folder, "model.gguf");
  await writeFile(path, bytes);
  return await checkGgufHeader(path);
};
const without = (key: keyof typeof soundPairs) =>
  Object.fromEntries(Object.entries(soundPairs).filter(([name]) => name !== key));

describe("a GGUF header", () => {
  test("of the demo tells its architecture and context", async () => {
    const sums = new URL("../../../scripts/demo/models/sums.gguf", import.meta.url).pathname;
    expect(await checkGgufHeader(sums)).toEqual({
      architecture: "llama",
      contextLength: 512,
      blockCount: 4,
      embeddingLength: 128,
      cacheElements: 1_024,
      headCount: 4,
      vocabulary: 858,
      merges: 0,
      parameters: 1_012_096n,
      quantization: "Q8_0",
    });
  });

  test("that is sound passes", async () => {
    expect(await check(ggufHeader(soundPairs))).toEqual({
      architecture: "llama",
      contextLength: 512,
      blockCount: 4,
      embeddingLength: 128,
      cacheElements: 1_024,
      headCount: 4,
      vocabulary: 3,
      merges: 0,
      parameters: 256n,
      quantization: null,
    });
  });

  test("without a chat template passes where the model only makes vectors", async () => {
    const path = join(folder, "vectors.gguf");
    await writeFile(path, ggufHeader(without("tokenizer.chat_template")));
    await expect(checkGgufHeader(path, { chats: false })).resolves.toMatchObject({ architecture: "llama" });
  });

  test.each([
    ["no GGUF file", Buffer.from("PK\u0003\u0004 and thirty more bytes of zip"), "it is no GGUF file"],
    ["an empty file", Buffer.alloc(0), "it is no GGUF file"],
    ["version 9", ggufHeader(soundPairs, { version: 9 }), "version 9"],
    ["no heads", ggufHeader({ ...soundPairs, "llama.attention.head_count": 0 }), "llama.attention.head_count is 0"],
    ["no word of heads", ggufHeader(without("llama.attention.head_count")), "head_count is missing"],
    ["no feed-forward length", ggufHeader(without("llama.feed_forward_length")), "feed_forward_length is missing"],
    [
      "a billion blocks",
      ggufHeader({ ...soundPairs, "llama.block_count": 1_000_000_000 }),
      "block_count is 1000000000",
    ],
    ["no chat template", ggufHeader(without("tokenizer.chat_template")), "no chat template"],
    ["an empty chat template", ggufHeader({ ...soundPairs, "tokenizer.chat_template": "  " }), "no chat template"],
    ["no architecture", ggufHeader(without("general.architecture")), "no architecture"],
    ["a million tensors", ggufHeader(soundPairs, { tensorCount: 1_000_000n }), "declares 1000000 tensors"],
    ["2^63 metadata entries", ggufHeader(soundPairs, { pairCount: 2n ** 63n }), "metadata entries"],
    ["no tensors", ggufHeader(soundPairs, { tensors: [] }), "no tensors"],
    [
      "nine dimensions",
      ggufHeader(soundPairs, { tensors: [{ name: "t", dims: Array(9).fill(1n), offset: 0n }] }),
      "9 dimensions",
    ],
    [
      "an empty tensor",
      ggufHeader(soundPairs, { tensors: [{ name: "t", dims: [0n], offset: 0n }] }),
      "tensor is empty",
    ],
    [
      "a tensor past the end",
      ggufHeader(soundPairs, { tensors: [{ name: "t", dims: [1n], offset: 2n ** 40n }] }),
      "outside",
    ],
    ["a cut header", ggufHeader(soundPairs).subarray(0, 200), "ends too early"],
  ])("with %s is refused", async (_name, bytes, reason) => {
    const refused = await check(bytes).then(
      () => null,
      (error: unknown) => error,
    );
    expect(refused).toBeInstanceOf(BadModelFileError);
    expect((refused as BadModelFileError).message).toContain(reason);
  });

  test("with any bytes changed is read or refused, and never hangs or throws anything else", async () => {
    const sound = ggufHeader(soundPairs);
    const flips = fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(flips, async (changes) => {
        const bytes = Buffer.from(sound);
        for (const [at, value] of changes) bytes[at] = value;
        await check(bytes).catch((error: unknown) => expect(error).toBeInstanceOf(BadModelFileError));
      }),
      { numRuns: 500 },
    );
  });
});
