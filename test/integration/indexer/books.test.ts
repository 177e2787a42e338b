import { writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import type { Address } from "viem";
import { parseEther } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { contestAbi } from "#protocol/abi.ts";
import { errorAnswer } from "#protocol/http.ts";
import { everyItem } from "#protocol/indexerClient.ts";
import { readHidden } from "../../../indexer/manifests/readHidden.ts";
import type { Indexer } from "../../../indexer/serve.ts";
import { LAB_TIMES } from "../../support/contestLab.ts";
import type { IndexerLab } from "./indexerLab.ts";
import { clientOf, createIndexerLab, indexed } from "./indexerLab.ts";

const LEAF = ["address", "uint256", "uint96", "uint120", "uint256", "uint32", "uint8"];

describe("the books of a contest", () => {
  let lab: IndexerLab;
  let indexer: Indexer;
  /** Block by block: what the contract said then. */
  const said = new Map<number, readonly bigint[]>();

  beforeAll(async () => {
    lab = await createIndexerLab();
    const act = async (time: number, what: () => Promise<unknown>) => {
      await lab.at(LAB_TIMES.countFrom + time);
      await what();
      const [, scores] = await lab.chain.read({
        to: lab.contest,
        abi: contestAbi,
        functionName: "scores",
        args: [1n, 3n],
      });
      said.set(await lab.headNumber(), scores);
    };
    await act(100, () => lab.drop(lab.alice, 1, parseEther("5")));
    await act(500, () => lab.drop(lab.bob, 2, parseEther("7")));
    await act(900, () => lab.drop(lab.carol, 2, parseEther("1")));
    await act(1_000, () => lab.withdraw(lab.bob, 2, parseEther("6.5")));
    await act(2_000, () => lab.drop(lab.bob, 3, parseEther("2")));
    const hidden = join(lab.folder, "hidden.json");
    const reason = "It names a private person.";
    writeFileSync(hidden, JSON.stringify({ hidden: [{ contest: lab.contest, entryId: 2, reason }] }));
    indexer = await lab.serve({ finalityDepth: 1, hidden: readHidden(hidden) });
    await indexed(indexer.url, lab.headNumber);
  });
  afterAll(async () => {
    await indexer?.close();
    await lab?.close();
  });

  const raw = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${indexer.url}/v1/contests/${lab.contest}${path}`, { headers });
  const client = () => clientOf(indexer.url);
  const rankingAt = (block?: number) => client().ranking({ contest: lab.contest, block });

  test("every past ranking is the one that the contract told then", async () => {
    for (const [block, scores] of said) {
      const { rows, at } = await rankingAt(block);
      expect(at.block.number).toBe(block);
      const known = new Map(rows.map(({ entryId, score }) => [entryId, BigInt(score)]));
      expect([1, 2, 3].map((id) => known.get(id))).toEqual(scores.map((score) => score));
    }
    const leaders = await Promise.all([...said.keys()].map(async (block) => (await rankingAt(block)).rows[0]?.entryId));
    expect(leaders).toEqual([1, 2, 2, 1, 1]);
  });

  test("a block without events is answered by the last one before; others are refused by name", async () => {
    const [first = 0] = said.keys();
    expect((await rankingAt(first)).rows.map(({ voters }) => voters)).toEqual([1, 0, 0]);
    const future = await raw("/ranking?block=99999");
    expect([future.status, (await future.json()) as unknown]).toEqual([
      404,
      { error: { message: `Block 99999 is not indexed; the newest one is ${await lab.headNumber()}.` } },
    ]);
    expect((await raw("/ranking?block=1")).status).toBe(404);
    expect(errorAnswer.parse(await (await raw("/ranking?block=-1")).json()).error.parameter).toBe("block");
  });

  test("voters come by address, page by page, whatever happens between two pages", async () => {
    const all = await client().voters({ contest: lab.contest });
    expect(all.items.map(({ wallet }) => wallet)).toEqual([lab.alice, lab.bob, lab.carol].map(lower).toSorted());
    expect(all.next).toBeNull();
    const pages = await Array.fromAsync(
      everyItem((after: Address | undefined) => client().voters({ contest: lab.contest, limit: 1, after })),
    );
    expect(pages).toEqual(all.items);
    const ofTwo = await client().voters({ contest: lab.contest, entry: 2 });
    expect(new Map(ofTwo.items.map(({ wallet, staked }) => [wallet, staked]))).toEqual(
      new Map([
        [lower(lab.bob), parseEther("0.5").toString()],
        [lower(lab.carol), parseEther("1").toString()],
      ]),
    );
  });

  test("a snapshot at a finalised block can be recomputed, and each leaf proven", async () => {
    const { root, leaves, at } = await client().snapshot({ contest: lab.contest });
    expect(at.block.number).toBe(at.finalized);
    expect(leaves.map(({ entryId, voters, status }) => [entryId, voters, status])).toEqual([
      [1, 1, "live"],
      [2, 2, "live"],
      [3, 0, "live"],
    ]);
    // At second 1,000 of the window: 5 coins for 900 s; 7 for 400, 8 for 100.
    expect(leaves.map(({ acc }) => acc)).toEqual([parseEther("4500").toString(), parseEther("3600").toString(), "0"]);
    const tree = StandardMerkleTree.of(
      leaves.map(({ leaf }) => leaf),
      LEAF,
    );
    expect(tree.root).toBe(root);
    for (const { entryId, leaf } of leaves) {
      const proven = await client().snapshotProof({ contest: lab.contest, id: entryId });
      expect(proven.leaf.leaf).toEqual(leaf);
      expect(StandardMerkleTree.verify(proven.root, LEAF, proven.leaf.leaf, proven.proof)).toBe(true);
    }
    const early = await raw(`/snapshot?block=${at.finalized + 1}`);
    expect([early.status, errorAnswer.parse(await early.json()).error.parameter]).toEqual([400, "block"]);
    expect((await raw("/snapshot/9")).status).toBe(404);
  });

  test("an entry that the operator hides keeps its row and figures, and says why", async () => {
    const { entry } = await client().entry({ contest: lab.contest, id: 2 });
    expect(entry.manifest).toEqual({ state: "hidden", reason: "It names a private person." });
    expect(entry.staked).toBe(parseEther("1.5").toString());
    expect((await rankingAt()).rows.find(({ entryId }) => entryId === 2)?.rank).toBe(3);
  });

  test("an answer that is known already is not sent again; a large one comes compressed", async () => {
    const first = await raw("/ranking");
    const tag = first.headers.get("etag") ?? "";
    expect(tag).not.toBe("");
    const again = await raw("/ranking", { "if-none-match": tag });
    expect([again.status, await again.text()]).toEqual([304, ""]);
    const { bytes, encoding } = await zipped(`${indexer.url}/openapi.json`);
    expect(encoding).toBe("gzip");
    expect(JSON.parse(gunzipSync(bytes).toString())).toMatchObject({ openapi: "3.1.0" });
  });

  test("metrics name head, lag, reorgs, errors of the endpoint and times by route", async () => {
    await raw("/ranking");
    const text = await client().metrics();
    const head = await lab.headNumber();
    expect(text).toContain(`coindrop_indexer_head_block ${head}\n`);
    expect(text).toContain("coindrop_indexer_lag_blocks 0\n");
    expect(text).toContain('coindrop_indexer_notices_total{kind="reorgs"} 0\n');
    expect(text).toContain('coindrop_indexer_notices_total{kind="rpcErrors"} 0\n');
    expect(text).toMatch(/request_seconds_count\{route="\/v1\/contests\/:contest\/ranking",status="200"\} \d+/);
  });

  test("who asks too often is told when to come back, and nobody else suffers", async () => {
    const strict = await lab.serve({ file: ":memory:", requestsPerMinute: 3 });
    try {
      const statuses: number[] = [];
      for (let i = 0; i < 5; i++) statuses.push((await fetch(`${strict.url}/ready`)).status);
      expect(statuses.slice(3)).toEqual([429, 429]);
      const refused = await fetch(`${strict.url}/ready`);
      expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(errorAnswer.parse(await refused.json()).error.message).toMatch(/^Too many requests; try again in/);
      expect((await fetch(`${strict.url}/health`)).status).toBe(200);
    } finally {
      await strict.close();
    }
  });
});

test("a list of hidden entries that is wrong is refused by name", () => {
  expect(() => readHidden("/nowhere/hidden.json")).toThrow("cannot be read");
  const file = join(import.meta.dirname, "books.test.ts");
  expect(() => readHidden(file)).toThrow("cannot be read");
});

const lower = (address: string) => address.toLowerCase();

function zipped(url: string): Promise<{ bytes: Buffer; encoding: string | undefined }> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { "accept-encoding": "gzip" } }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ bytes: Buffer.concat(chunks), encoding: response.headers["content-encoding"] }),
      );
    }).on("error", reject);
  });
}
