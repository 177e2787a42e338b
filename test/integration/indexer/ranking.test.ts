import { parseEther } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { contestAbi } from "#protocol/abi.ts";
import type { Indexer } from "../../../indexer/serve.ts";
import { LAB_START, LAB_TIMES } from "../../support/contestLab.ts";
import type { IndexerLab } from "./indexerLab.ts";
import { clientOf, createIndexerLab, indexed } from "./indexerLab.ts";

describe("an indexer beside a real chain", () => {
  let lab: IndexerLab;
  let indexer: Indexer;

  beforeAll(async () => {
    lab = await createIndexerLab();
    indexer = await lab.serve();
  });
  afterAll(async () => {
    await indexer?.close();
    await lab?.close();
  });

  /** The client, once the newest block is indexed. */
  async function asking() {
    await indexed(indexer.url, lab.headNumber);
    return clientOf(indexer.url);
  }

  test("ranks entries by the score that the contract projects", async () => {
    await lab.drop(lab.alice, 1, parseEther("5"));
    await lab.at(LAB_TIMES.countFrom + 1_000);
    await lab.drop(lab.bob, 2, parseEther("7"));
    await lab.at(LAB_TIMES.countFrom + 2_000);
    await lab.withdraw(lab.alice, 1, parseEther("1"));

    const { rows, at, phase } = await (await asking()).ranking({ contest: lab.contest });
    const scores = await lab.chain.read({ to: lab.contest, abi: contestAbi, functionName: "scores", args: [1n, 3n] });
    expect(rows.map(({ entryId, rank }) => [entryId, rank])).toEqual([
      [2, 1],
      [1, 2],
      [3, null],
    ]);
    // 7 coins from second 1,000 to 259,200; 5 coins for 2,000 s and 4 for the rest.
    expect(rows.map(({ score }) => score)).toEqual(["1807400000000000000000000", "1038800000000000000000000", "0"]);
    expect(new Map(rows.map(({ entryId, score }) => [entryId, BigInt(score)]))).toEqual(
      new Map(scores[1].map((score, index) => [index + 1, score])),
    );
    expect(at.block.number).toBe(await lab.headNumber());
    expect(phase).toBe("voting");
  });

  test("serves every answer in its shape", async () => {
    const client = await asking();
    const asked = { contest: lab.contest };
    const { contests } = await client.contests();
    expect(contests.map(({ address }) => address)).toEqual([lab.contest]);
    const { contest } = await client.contest(asked);
    expect(contest).toMatchObject({ entryCount: 3, liveCount: 3, voters: 2, coin: { symbol: "DROP", decimals: 18 } });
    expect((await client.entries(asked)).entries).toHaveLength(3);
    expect((await client.entry({ ...asked, id: 2 })).entry).toMatchObject({
      staked: parseEther("7").toString(),
      voters: 1,
    });
    const { voter } = await client.voter({ ...asked, wallet: lab.alice });
    expect(voter.stakes.map(({ entryId, stake }) => [entryId, stake])).toEqual([[1, parseEther("4").toString()]]);
    expect((await client.nodes()).nodes).toEqual([]);
    const { items } = await client.activity(asked);
    expect(items.map(({ kind }) => kind)).toEqual([
      "withdrew",
      "dropped",
      "dropped",
      "submitted",
      "submitted",
      "submitted",
    ]);
    const { points, from } = await client.history({ ...asked, buckets: 2 });
    expect(from).toBe(LAB_START + LAB_TIMES.votesOpen);
    // Half-way, at second 76,000, only the first drop had happened; at the end all had.
    expect(points.map(({ scores }) => scores)).toEqual([
      { 1: "1296000000000000000000000" },
      { 1: "1038800000000000000000000", 2: "1807400000000000000000000" },
    ]);
  });
});
