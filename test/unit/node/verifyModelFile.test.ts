import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RetryableError } from "#protocol/errors.ts";
import { watchVerifiedFile } from "../../../inference-node/models/verifiedFile.ts";
import {
  identifyModelFile,
  type ModelIdentity,
  ModelMismatchError,
  verifyModelFile,
} from "../../../inference-node/models/verifyModelFile.ts";

const never = new AbortController().signal;
let folder: string;
let path: string;
let identity: ModelIdentity;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "coindrop-verify-"));
  path = join(folder, "m.gguf");
  await writeFile(path, Buffer.alloc(4_000_000, 7));
  identity = await identifyModelFile(path);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const flip = async (position: number) => {
  const file = await open(path, "r+");
  await file.write(Buffer.from([8]), 0, 1, position);
  await file.close();
};

describe("a model file", () => {
  test("that is changed behind the reading position is not taken for verified", async () => {
    let chunks = 0;
    let changed: Promise<void> | null = null;
    // Asked before each chunk: at the second one the first has been read.
    const signal = {
      throwIfAborted() {
        chunks += 1;
        if (chunks === 2) changed = flip(0);
      },
    } as AbortSignal;
    const verified = verifyModelFile(path, identity, signal);
    await expect(verified).rejects.toThrow(RetryableError);
    await expect(verified).rejects.toThrow("changed while it was read");
    await changed;
    await expect(verifyModelFile(path, identity)).rejects.toThrow(ModelMismatchError);
  });

  test("is read again once it was touched, and lost when it is another", async () => {
    const lost: unknown[] = [];
    const check = watchVerifiedFile({
      file: { path, untouched: await verifyModelFile(path, identity) },
      identity,
      signal: never,
      onLost: (error) => lost.push(error),
    });
    const asBefore = await check();
    await writeFile(path, Buffer.alloc(4_000_000, 7));
    expect(await asBefore()).toBe(false);
    expect(await (await check())()).toBe(true);
    expect(lost).toEqual([]);
    await flip(3_999_999);
    await expect(check()).rejects.toThrow(ModelMismatchError);
    expect(lost).toHaveLength(1);
  });

  test("that is gone is lost too", async () => {
    const lost: unknown[] = [];
    const untouched = await verifyModelFile(path, identity);
    const check = watchVerifiedFile({
      file: { path, untouched },
      identity,
      signal: never,
      onLost: (error) => lost.push(error),
    });
    await rm(path);
    await expect(check()).rejects.toThrow("ENOENT");
    expect(lost).toHaveLength(1);
  });
});
