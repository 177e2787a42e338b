import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { identifyWithBar } from "../../../inference-node/models/identifyWithBar.ts";

test("hashing a model for an audit shows how far it is, of how much, and ends the bar also when it fails", async () => {
  const folder = await mkdtemp(join(tmpdir(), "coindrop-bar-"));
  const path = join(folder, "model.gguf");
  await writeFile(path, Buffer.alloc(8 * 2 ** 20, 7));
  const seen: (string | number)[] = [];
  const open = (what: string, total: number) => {
    seen.push(what, total);
    return { at: (bytes: number) => void seen.push(bytes), end: () => void seen.push("end") };
  };
  try {
    const { modelSize } = await identifyWithBar(path, open);
    expect(modelSize).toBe(8 * 2 ** 20);
    expect(seen.slice(0, 2)).toEqual(["hashing model.gguf", modelSize]);
    expect(seen.slice(-2)).toEqual([modelSize, "end"]);
    seen.length = 0;
    await expect(identifyWithBar(join(folder, "missing"), open)).rejects.toThrow("missing");
    expect(seen.at(-1)).toBe("end");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
