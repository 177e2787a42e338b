import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bareHex, toBytes32 } from "#protocol/hashing.ts";
import type { Manifest } from "#protocol/manifest.ts";
import { hashFile } from "#protocol/piecesRoot.ts";
import type { EntryFacts } from "../../../inference-node/models/entryFacts.ts";
import { findModelFile } from "../../../inference-node/models/modelStore.ts";
import { nodeHashing } from "../../../inference-node/models/nodeHashing.ts";
import type { ModelMismatchError } from "../../../inference-node/models/verifyModelFile.ts";

const model = Buffer.from("a model, as far as a store can tell ".repeat(2_000));
let folder: string;
let server: Server;
let base: string;
let served: Buffer;
let asked: number;
let facts: EntryFacts;
let refused: ModelMismatchError[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "coindrop-store-"));
  served = model;
  asked = 0;
  refused = [];
  server = createServer((_request, response) => {
    asked += 1;
    response.end(served);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  const { size, sha256, piecesRoot } = await hashFile([model], nodeHashing);
  facts = {
    contest: "0x00000000000000000000000000000000000c0de5",
    entryId: 1,
    manifestHash: `0x${"01".repeat(32)}`,
    modelSha256: toBytes32(sha256),
    modelRoot: toBytes32(piecesRoot),
    modelSize: size,
    manifestURI: "https://example.org/x.json",
  };
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

const find = async (...asked: Parameters<typeof findFile>) => (await findFile(...asked)).path;
const findFile = (urls: readonly string[], more: Partial<Parameters<typeof findModelFile>[2]> = {}) =>
  findModelFile(facts, { name: "m", files: [{ role: "model", name: "m.gguf", urls }] } as unknown as Manifest, {
    folder: join(folder, "store"),
    ownFolders: [],
    allowPrivate: true,
    signal: AbortSignal.timeout(10_000),
    onRefused: (error) => void refused.push(error),
    ...more,
  });
const stored = () => readdir(join(folder, "store")).catch(() => []);

describe("an entry's model file", () => {
  test("is fetched once, and kept under its hash", async () => {
    const path = await find([`${base}/m.gguf`]);
    expect(path).toBe(join(folder, "store", `${bareHex(facts.modelSha256)}.gguf`));
    expect(await readFile(path)).toEqual(model);
    expect(await find([`${base}/m.gguf`])).toBe(path);
    expect(asked).toBe(1);
    expect(await stored()).toEqual([`${bareHex(facts.modelSha256)}.gguf`]);
  });

  test("from a mirror that changed one byte gets no name and is thrown away; the next address is tried", async () => {
    const flipped = Buffer.from(model);
    flipped[40_000] = (flipped[40_000] ?? 0) ^ 1;
    served = flipped;
    await expect(find([`${base}/m.gguf`])).rejects.toThrow("could not be had");
    expect(refused[0]?.message).toContain(`SHA-256 of the entry: ${facts.modelSha256}`);
    expect(await stored()).toEqual([]);
  });

  test("that is longer or shorter than announced on chain is refused", async () => {
    served = Buffer.concat([model, Buffer.from("!")]);
    await expect(find([base])).rejects.toThrow(`announces ${model.length + 1} bytes; ${model.length} were expected`);
    served = model.subarray(1);
    await expect(find([base])).rejects.toThrow(`announces ${model.length - 1} bytes`);
    expect(await stored()).toEqual([]);
  });

  test("in a folder of the operator's is used where it lies, whatever its name", async () => {
    await mkdir(join(folder, "mine"));
    await writeFile(join(folder, "mine", "same-size-other-model.gguf"), Buffer.alloc(model.length));
    await writeFile(join(folder, "mine", "my-own-name.gguf"), model);
    expect(await find([], { ownFolders: [join(folder, "mine")] })).toBe(join(folder, "mine", "my-own-name.gguf"));
    expect(refused).toEqual([]);
  });

  test("that rotted in the store is refused and fetched again", async () => {
    const path = await find([base]);
    const rotten = Buffer.from(model);
    rotten[0] = 0;
    await writeFile(path, rotten);
    expect(await find([base])).toBe(path);
    expect(refused).toHaveLength(1);
    expect(await readFile(path)).toEqual(model);
  });

  test("is not fetched from a private address unless that is allowed", async () => {
    await expect(find([base], { allowPrivate: false })).rejects.toThrow("is not https");
    expect(asked).toBe(0);
  });
});
