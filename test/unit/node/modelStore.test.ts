import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bareHex, prefixedHex } from "#protocol/hashing.ts";
import type { Manifest } from "#protocol/manifest.ts";
import type { EntryFacts } from "../../../inference-node/models/entryFacts.ts";
import { mirrorsOf, ollamaBlobFolders } from "../../../inference-node/models/mirror.ts";
import { findModelFile, findFile as findOne } from "../../../inference-node/models/modelStore.ts";
import type { ModelMismatchError } from "../../../inference-node/models/verifyModelFile.ts";
import { manifestFileOf } from "../../support/manifestFileOf.ts";

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
  const { size, sha256, piecesRoot } = await manifestFileOf(model);
  facts = {
    contest: "0x00000000000000000000000000000000000c0de5",
    entryId: 1,
    manifestHash: `0x${"01".repeat(32)}`,
    modelSha256: prefixedHex(sha256),
    modelRoot: prefixedHex(piecesRoot),
    modelSize: size,
    manifestURI: "https://example.org/x.json",
  };
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

const find = async (...asked: Parameters<typeof findFile>) => (await findFile(...asked)).path;
const findFile = async (urls: string[], more: Partial<Parameters<typeof findModelFile>[2]> = {}) =>
  findModelFile(facts, { name: "m", files: [await manifestFileOf(model, { urls })] } as unknown as Manifest, {
    blobFolders: [],
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

  test("from a mirror that changed one byte gets no name", async () => {
    const flipped = Buffer.from(model);
    flipped[40_000] = (flipped[40_000] ?? 0) ^ 1;
    served = flipped;
    await expect(find([`${base}/m.gguf`])).rejects.toThrow(`${base}/m.gguf sends wrong bytes: piece 0 of 1`);
    expect(await stored()).not.toContain(`${bareHex(facts.modelSha256)}.gguf`);
  });

  test("that is longer or shorter than announced on chain is refused", async () => {
    served = Buffer.concat([model, Buffer.from("!")]);
    await expect(find([base])).rejects.toThrow(`announces ${model.length + 1} bytes; ${model.length} were expected`);
    served = model.subarray(1);
    await expect(find([base])).rejects.toThrow(`announces ${model.length - 1} bytes`);
    expect(await stored()).not.toContain(`${bareHex(facts.modelSha256)}.gguf`);
  });

  test("is one that its manifest's pieces prove, or nobody is asked for it", async () => {
    const file = await manifestFileOf(model, { urls: [base] });
    const other = "11".repeat(32);
    const options = { folder, ownFolders: [], blobFolders: [], allowPrivate: true, onRefused: () => undefined };
    const pull = (more: object) => findOne({ ...file, ...more }, { ...options, signal: AbortSignal.timeout(10_000) });
    await expect(pull({ pieceLayer: [other] })).rejects.toThrow("are not those of its pieces root");
    await expect(pull({ pieceLayer: [...file.pieceLayer, other] })).rejects.toThrow("into other pieces");
    await expect(pull({ pieceLength: 2 ** 40 })).rejects.toThrow("into other pieces");
    expect(asked).toBe(0);
  });

  test("whose pieces are right and whose SHA-256 is not is thrown away whole", async () => {
    facts = { ...facts, modelSha256: `0x${"22".repeat(32)}` };
    await expect(find([base])).rejects.toThrow("could not be had");
    expect(refused[0]?.message).toContain(`SHA-256 of the entry: ${facts.modelSha256}`);
    expect((await stored()).filter((name) => !name.endsWith(".pieces"))).toEqual([]);
  });

  test("is fetched once for entries that share it, at once or one after the other", async () => {
    const paths = await Promise.all([find([base]), find([base]), find([base])]);
    expect(new Set(paths).size).toBe(1);
    expect(asked).toBe(1);
  });

  test("lies in Ollama's blob folder under its hash, or in a file that was named", async () => {
    const blobs = join(folder, "blobs");
    await mkdir(blobs);
    await writeFile(join(blobs, `sha256-${bareHex(facts.modelSha256)}`), model);
    expect(await readFile(await find([], { blobFolders: [blobs] }))).toEqual(model);
    await rm(join(folder, "store"), { recursive: true });
    await writeFile(join(folder, "some-file"), model);
    expect(await readFile(await find([], { files: [join(folder, "some-file")] }))).toEqual(model);
    expect(ollamaBlobFolders({ OLLAMA_MODELS: "/models" })).toEqual(["/models/blobs"]);
    expect(ollamaBlobFolders({})[0]).toMatch(/\.ollama\/models\/blobs$/);
  });

  test("named by its page on Hugging Face is fetched from the file's own address, and no other page is touched", async () => {
    const page = "https://huggingface.co/team/model/blob/main/blob/m.gguf";
    const elsewhere = "https://example.org/team/model/blob/main/m.gguf";
    const file = await manifestFileOf(model, { urls: [page, elsewhere] });
    const options = { nodes: [], files: [], blobFolders: [], allowPrivate: false, stallMs: 1_000 };
    expect(mirrorsOf(file, options).map(({ name }) => name)).toEqual([
      "https://huggingface.co/team/model/resolve/main/blob/m.gguf",
      elsewhere,
    ]);
  });

  test("of any role is found the same way: knowledge has no ending in the store", async () => {
    const text = await manifestFileOf(model, { role: "knowledge", name: "notes.md", urls: [base] });
    const { path } = await findOne(text, {
      folder,
      ownFolders: [],
      blobFolders: [],
      allowPrivate: true,
      signal: AbortSignal.timeout(10_000),
      onRefused: () => undefined,
    });
    expect(path).toBe(join(folder, text.sha256));
    expect(await readFile(path)).toEqual(model);
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
