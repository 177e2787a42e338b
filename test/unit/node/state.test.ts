import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openState } from "../../../inference-node/state/openState.ts";
import { entry } from "../../support/entryFacts.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "coindrop-state-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("a node's state folder", () => {
  test("is one process's at a time, and free again once that is done", () => {
    const first = openState(folder);
    expect(() => openState(folder)).toThrow("Another process uses this node's state folder.");
    first.close();
    openState(folder).close();
  });

  test("that was damaged is refused in words", async () => {
    await writeFile(join(folder, "node.sqlite"), "half of a backup".repeat(400));
    expect(() => openState(folder)).toThrow("This node's state folder cannot be used.");
  });

  test("remembers what was signed, by chain", () => {
    const first = openState(folder);
    first.journal("chain a").record(entry(1), "/models/a.gguf", 1_000);
    first.journal("chain a").record(entry(1), "/models/a.gguf", null);
    first.close();
    const again = openState(folder);
    expect(again.journal("chain a").said()).toEqual([
      expect.objectContaining({ entryId: 1, epoch: 1_000, path: "/models/a.gguf", modelSize: 1 }),
    ]);
    expect(again.journal("chain b").said()).toEqual([]);
    again.close();
  });

  test("keeps what the chain said last, with which chain it was, of each node by itself", () => {
    const first = openState(folder);
    const chain = { chainId: 5, genesis: `0x${"0a".repeat(32)}` } as const;
    expect(first.known("a").last()).toBeNull();
    const known = first.known("a");
    known.keep(chain, { block: 7, entries: [entry(1)] });
    known.keep(chain, { block: 8, entries: [entry(1)] });
    expect(known.last()).toEqual({ ...chain, block: 7, entries: [entry(1)] });
    known.keep(chain, { block: 9, entries: [entry(1), entry(2)] });
    first.close();
    const again = openState(folder);
    expect(again.known("a").last()).toEqual({ ...chain, block: 9, entries: [entry(1), entry(2)] });
    expect(again.known("b").last()).toBeNull();
    again.close();
  });

  test.each(["manifestHash", "modelSha256", "modelRoot"] as const)(
    "refuses to sign another %s than before, also after a restart",
    (name) => {
      const first = openState(folder);
      first.journal("a").record(entry(1), "x", 5);
      first.close();
      const again = openState(folder);
      const journal = again.journal("a");
      const changed = { ...entry(1), [name]: `0x${"0f".repeat(32)}` };
      expect(() => journal.record(changed, "x", 6)).toThrow("signed something else about entry 1");
      expect(() => journal.check(changed)).toThrow(`${name} signed before`);
      expect(journal.said()[0]?.epoch).toBe(5);
      again.close();
    },
  );
});
