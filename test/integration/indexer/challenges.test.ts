import { parseEther, toEventSelector } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { contestAbi } from "#protocol/abi.ts";
import type { Indexer } from "../../../indexer/serve.ts";
import { auditContest } from "../../../scripts/audit/auditContest.ts";
import { LAB_START, LAB_TIMES } from "../../support/contestLab.ts";
import { startTamperedIndexer } from "../../support/tamperedIndexer.ts";
import type { IndexerLab } from "./indexerLab.ts";
import { clientOf, createIndexerLab, indexed } from "./indexerLab.ts";
import { listen } from "./listen.ts";

const REASON = "https://example.org/owned-by-a-giant";

/** Every reader of the chain beside one contest in which entries are challenged. Each test goes on from the one before. */
describe("challenges, as all who read the chain see them", () => {
  let lab: IndexerLab;
  let indexer: Indexer;

  beforeAll(async () => {
    lab = await createIndexerLab();
    indexer = await lab.serve();
    await lab.drop(lab.alice, 1, parseEther("5"));
    await lab.drop(lab.bob, 2, parseEther("3"));
    await lab.drop(lab.carol, 3, parseEther("1"));
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
  const ranks = async () =>
    (await (await asking()).ranking({ contest: lab.contest })).rows.map(({ entryId, rank, status }) => [
      entryId,
      rank,
      status,
    ]);
  const entry = async (id: number) => (await (await asking()).entry({ contest: lab.contest, id })).entry;
  const kinds = async (entry: number) =>
    (await (await asking()).activity({ contest: lab.contest, entry })).items.map(({ kind }) => kind);
  const audit = async () => {
    await indexed(indexer.url, lab.headNumber);
    return auditContest({ rpcUrl: lab.rpc.url, contest: lab.contest, indexerUrl: indexer.url });
  };

  test("a challenged entry keeps its rank; who says what, and until when there is time, is served", async () => {
    await lab.at(LAB_TIMES.countFrom);
    await lab.challenge(lab.contest, lab.bob, 1, REASON);
    await lab.submitEvidence(lab.contest, lab.author, 1, "ipfs://answer");
    expect(await ranks()).toEqual([
      [1, 1, "challenged"],
      [2, 2, "live"],
      [3, 3, "live"],
    ]);
    const { status, challenges } = await entry(1);
    expect(status).toBe("challenged");
    expect(challenges).toMatchObject([
      {
        challengeId: 1,
        challenger: lab.bob.toLowerCase(),
        disputeId: "0",
        evidenceURI: REASON,
        due: LAB_START + LAB_TIMES.countFrom + 7 * 86_400,
        evidence: [
          { party: lab.bob.toLowerCase(), evidenceURI: REASON },
          { party: lab.author.toLowerCase(), evidenceURI: "ipfs://answer" },
        ],
        evidenceCount: 2,
        closed: null,
      },
    ]);
    expect((await kinds(1)).slice(0, 2)).toEqual(["evidence", "challenged"]);
    expect((await (await asking()).contest({ contest: lab.contest })).contest.liveCount).toBe(3);
    const { findings, coins } = await audit();
    expect(findings).toEqual([]);
    // Nine coins staked, three bonds of entries, one of a challenge.
    expect(coins).toMatchObject({ stakes: parseEther("9"), bonds: parseEther("5"), credits: 0n });
    expect(coins.held).toBe(coins.total);
  });

  test("stakes on it change and count as before", async () => {
    await lab.withdraw(lab.alice, 1, parseEther("1"));
    await lab.drop(lab.carol, 1, parseEther("2"));
    expect(await entry(1)).toMatchObject({ staked: parseEther("6").toString(), voters: 2 });
    expect((await audit()).findings).toEqual([]);
  });

  test("a removed entry leaves the ranking at once, in the stream too, and its coins leave with their voters", async () => {
    await indexed(indexer.url, lab.headNumber);
    const stream = await listen(indexer.url, { contest: lab.contest });
    await lab.rule(lab.contest, 1, 2);
    const { message } = await stream.next("block", ({ contests }) =>
      contests.some(({ entries }) => entries.some(({ entryId, status }) => entryId === 1 && status === "removed")),
    );
    await stream.close();
    expect(message.kind === "block" && message.contests[0]?.activity).toMatchObject([
      { kind: "ruled", entryId: 1, challengeId: 1, ruling: 2, lapsed: false },
    ]);
    expect(await ranks()).toEqual([
      [2, 1, "live"],
      [3, 2, "live"],
      [1, null, "removed"],
    ]);
    expect((await (await asking()).contest({ contest: lab.contest })).contest.liveCount).toBe(2);
    expect((await entry(1)).challenges).toMatchObject([{ closed: { ruling: 2, lapsed: false } }]);
    const { voter } = await (await asking()).voter({ contest: lab.contest, wallet: lab.bob });
    expect(voter.credits).toEqual([{ token: lab.coin.toLowerCase(), amount: parseEther("2.5").toString() }]);

    const move = { from: lab.carol, to: lab.contest, abi: contestAbi, functionName: "move" } as const;
    await lab.chain.write({ ...move, args: [1n, 3n, parseEther("2")] });
    await lab.withdraw(lab.alice, 1, parseEther("4"));
    expect(await entry(1)).toMatchObject({ staked: "0", voters: 0, status: "removed" });
    expect(await ranks()).toEqual([
      [2, 1, "live"],
      [3, 2, "live"],
      [1, null, "removed"],
    ]);
    const { findings, coins, recount } = await audit();
    expect(findings).toEqual([]);
    expect(coins).toMatchObject({ stakes: parseEther("6"), bonds: parseEther("2"), credits: parseEther("2.5") });
    expect(coins.held).toBe(coins.total);
    expect(recount.burned).toBe(parseEther("0.5"));
  });

  test("a refused and a lapsed challenge leave the entry live, and another may follow", async () => {
    await lab.challenge(lab.contest, lab.alice, 2);
    await lab.rule(lab.contest, 2, 0);
    expect((await entry(2)).status).toBe("live");
    await lab.challenge(lab.contest, lab.alice, 2);
    await lab.rule(lab.contest, 2, 1);
    await lab.challenge(lab.contest, lab.alice, 2);
    const { challenges, status } = await entry(2);
    expect(status).toBe("challenged");
    expect(challenges.map(({ challengeId, closed }) => [challengeId, closed?.ruling])).toEqual([
      [2, 0],
      [3, 1],
      [4, undefined],
    ]);
    const due = challenges.at(-1)?.due ?? 0;
    await lab.chain.setNextTime(due);
    await lab.lapse(lab.contest, lab.carol, 2);
    const after = await entry(2);
    expect(after.status).toBe("live");
    expect(after.challenges.at(-1)?.closed).toMatchObject({ ruling: 0, lapsed: true });
    expect((await ranks())[0]).toEqual([2, 1, "live"]);
    const { voter } = await (await asking()).voter({ contest: lab.contest, wallet: lab.author });
    expect(voter.credits).toEqual([{ token: lab.coin.toLowerCase(), amount: parseEther("2").toString() }]);
    expect((await audit()).findings).toEqual([]);
  });

  test("an indexer that hides a removal, or an endpoint that hides a ruling or a burn, is caught", async () => {
    await indexed(indexer.url, lab.headNumber);
    const liar = await startTamperedIndexer(indexer.url, (answer) => {
      for (const row of (answer as { rows: { entryId: number; status: string }[] }).rows) row.status = "live";
      return answer;
    });
    const { findings } = await auditContest({ rpcUrl: lab.rpc.url, contest: lab.contest, indexerUrl: liar.url });
    await liar.close();
    expect(findings.map(({ what, recount, found }) => [what, recount, found])).toEqual([
      ["entry 1: status", "removed", "live"],
    ]);
    const hiding = async (event: string) => {
      lab.rpc.intercept(async (call, proceed) => {
        const logs = await proceed();
        if (call.method !== "eth_getLogs") return logs;
        return (logs as { topics: string[] }[]).filter(({ topics }) => topics[0] !== toEventSelector(event));
      });
      const audited = await auditContest({ rpcUrl: lab.rpc.url, contest: lab.contest });
      lab.rpc.intercept((_, proceed) => proceed());
      return audited.findings.map(({ what }) => what);
    };
    expect(await hiding("EntryRuled(uint256,uint256,uint256,bool)")).toContain("entry 1: status");
    expect(await hiding("EntryChallenged(uint256,uint256,address,uint256,string)")).toContain(
      "entry 2: last challenge",
    );
    expect(await hiding("Credited(address,address,uint256)")).toContain(`credit of ${lab.bob.toLowerCase()}`);
  });

  test("in the course of time the removed entry stands where it stood", async () => {
    const { points } = await (await asking()).history({ contest: lab.contest, buckets: 500 });
    const with1 = points.filter(({ scores }) => "1" in scores);
    expect(with1.length).toBeGreaterThan(0);
    const ruledAt = (await entry(1)).challenges[0]?.closed?.block.timestamp ?? 0;
    expect(with1.every(({ timestamp }) => timestamp < ruledAt)).toBe(true);
    expect(points.at(-1)?.scores).not.toHaveProperty("1");
  });
});
