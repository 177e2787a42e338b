import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { toBytes32 } from "#protocol/hashing.ts";
import { hashFile } from "#protocol/piecesRoot.ts";
import { hashFileOnDisk } from "../../../inference-node/models/fileHash.ts";
import { nodeHashing } from "../../../inference-node/models/nodeHashing.ts";

const MiB = 1_048_576;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "coindrop-hash-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each([0, 1, 16_384, 16_385, MiB - 1, MiB, MiB + 1, 3 * MiB, 40 * MiB + 77])(
  "a file of %i bytes has the hashes that the law's code gives it, in one thread or in two",
  async (size) => {
    const path = join(folder, `${size}`);
    const bytes = Buffer.alloc(size);
    for (let at = 0; at < size; at += 997) bytes[at] = at % 251;
    await writeFile(path, bytes);
    const expected = await hashFile([bytes], nodeHashing);
    let told = 0;
    expect(await hashFileOnDisk(path, { onProgress: (at) => (told = at) })).toEqual({
      size,
      sha256: toBytes32(expected.sha256),
      piecesRoot: toBytes32(expected.piecesRoot),
    });
    expect(told).toBeLessThanOrEqual(size);
  },
);

test("reading a large file ends when it is told to, also before it began", async () => {
  const path = join(folder, "large");
  const file = await open(path, "w");
  await file.truncate(2 ** 33);
  await file.close();
  const stop = new AbortController();
  const hashing = hashFileOnDisk(path, {
    signal: stop.signal,
    onProgress: () => stop.abort(new Error("told to stop")),
  });
  await expect(hashing).rejects.toThrow("told to stop");
  await expect(hashFileOnDisk(path, { signal: stop.signal })).rejects.toThrow("told to stop");
});
