import { encodeAbiParameters, parseEther, toEventSelector, toFunctionSelector } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { contestAbi } from "#protocol/abi.ts";
import { auditContest } from "../../../scripts/audit/auditContest.ts";
import { CannotLookError } from "../../../scripts/audit/cannotLookError.ts";
import { LAB_TIMES } from "../../support/contestLab.ts";
import { RpcFault } from "../../support/rpcServer.ts";
import { runScript } from "../../support/runScript.ts";
import { compiled } from "../../support/simulatedChain.ts";
import { startTamperedIndexer } from "../../support/tamperedIndexer.ts";
import type { IndexerLab } from "../indexer/indexerLab.ts";
import { createIndexerLab, indexed } from "../indexer/indexerLab.ts";

type Rows = { rows: { rank: number | null; entryId: number; score: string; voters: number; support: string }[] };

let lab: IndexerLab;
let otherFactory: string;
let indexer: Awaited<ReturnType<IndexerLab["serve"]>>;
const { votesOpen, countFrom, votesClose } = LAB_TIMES;

beforeAll(async () => {
  lab = await createIndexerLab();
  const code = compiled("contracts/ContestFactory.sol/ContestFactory");
  otherFactory = await lab.chain.deploy(code, [], lab.organiser);
  await lab.at(votesOpen + 100);
  await lab.drop(lab.alice, 1, parseEther("10"));
  await lab.drop(lab.bob, 2, parseEther("4"));
  await lab.drop(lab.carol, 2, parseEther("6"));
  await lab.at(countFrom + 60_000);
  await lab.withdraw(lab.alice, 1, parseEther("3"));
  indexer = await lab.serve();
  await indexed(indexer.url, lab.headNumber);
});

afterAll(async () => {
  lab.rpc.intercept((_, proceed) => proceed());
  await indexer.close();
  await lab.close();
});

const audit = (more: { indexerUrl?: string; block?: number } = {}) =>
  auditContest({ rpcUrl: lab.rpc.url, contest: lab.contest, ...more });
const flags = () => ["--rpc", lab.rpc.url, "--contest", lab.contest];

async function tampered(change: (rows: Rows["rows"]) => void) {
  const liar = await startTamperedIndexer(indexer.url, (answer) => {
    change((answer as Rows).rows);
    return answer;
  });
  try {
    return await audit({ indexerUrl: liar.url });
  } finally {
    await liar.close();
  }
}

/** What differs when the endpoint leaves all logs of an event out. */
async function hiding(event: string): Promise<string[]> {
  lab.rpc.intercept(async (call, proceed) => {
    const answer = await proceed();
    if (call.method !== "eth_getLogs") return answer;
    return (answer as { topics: string[] }[]).filter(({ topics }) => topics[0] !== toEventSelector(event));
  });
  const { findings } = await audit();
  lab.rpc.intercept((_, proceed) => proceed());
  return findings.map(({ what }) => what);
}

describe("an honest house", () => {
  test("contract, indexer and recount agree; scores are stake times seconds in the window", async () => {
    const { findings, standings, recount } = await audit({ indexerUrl: indexer.url });
    expect(findings).toEqual([]);
    expect(recount.voters).toBe(3);
    expect(standings.rows.map(({ entry, rank, score, tally }) => [entry.id, rank, score, tally])).toEqual([
      // 10 coins for 259,200 seconds, the whole window.
      [2n, 1n, 2_592_000n * 10n ** 18n, 10n * 10n ** 18n],
      // 10 coins for the first 60,000 seconds, 7 for the other 199,200.
      [1n, 2n, 1_994_400n * 10n ** 18n, 7_694_444_444_444_444_444n],
      [3n, undefined, 0n, 0n],
    ]);
  });

  test("the command says so in a table and ends with 0", async () => {
    const { code, output } = await runScript("scripts/audit.ts", [...flags(), "--indexer", indexer.url]);
    expect(output).toContain("All agree: recount, contract and indexer.");
    expect(output).toContain("3 stakes with weight");
    expect(output).toContain("Nobody was asked whose contest it is (--factory).");
    expect(output).toContain("factory not checked");
    expect(code).toBe(0);
  });

  test("a factory that made the contest says so; another one does not", async () => {
    const honest = await auditContest({ rpcUrl: lab.rpc.url, contest: lab.contest, factory: lab.factory });
    expect(honest.findings).toEqual([]);
    const run = await runScript("scripts/audit.ts", [...flags(), "--factory", otherFactory]);
    expect(run.output).toContain(`contest of ${otherFactory}`);
    expect(run.code).toBe(1);
  });

  test("an earlier block is recounted as it was then", async () => {
    const head = await lab.headNumber();
    const { findings, standings, block } = await audit({ block: head - 1, indexerUrl: indexer.url });
    expect(findings).toEqual([]);
    expect(block.number).toBe(head - 1);
    expect(standings.rows[0]?.entry.id).toBe(1n);
  });

  test("an endpoint that refuses wide ranges of logs is asked for narrow ones", async () => {
    lab.rpc.intercept((call, proceed) => {
      const [filter] = (call.params ?? []) as [{ fromBlock: string; toBlock: string }];
      const isWide = call.method === "eth_getLogs" && Number(filter.toBlock) - Number(filter.fromBlock) > 2;
      return isWide ? Promise.reject(new RpcFault(-32005, "range too wide")) : proceed();
    });
    const { findings, events } = await audit();
    expect(findings).toEqual([]);
    expect(events).toBe(7);
    lab.rpc.intercept((_, proceed) => proceed());
  });
});

describe("somebody who lies", () => {
  test("an indexer with one score changed by one is named, with both figures", async () => {
    const { findings } = await tampered((rows) => {
      const [row] = rows;
      if (row !== undefined) row.score = String(BigInt(row.score) + 1n);
    });
    expect(findings).toEqual([
      {
        where: "indexer",
        what: "entry 2: projected score",
        recount: "2592000000000000000000000",
        found: "2592000000000000000000001",
      },
    ]);
  });

  test("an indexer that swaps two ranks is caught", async () => {
    const { findings } = await tampered((rows) => {
      rows.reverse();
    });
    expect(findings.map(({ what }) => what)).toEqual(["order of the ranked entries"]);
  });

  test("an indexer that leaves an entry out or invents support is caught", async () => {
    const { findings } = await tampered((rows) => {
      rows.pop();
      for (const row of rows) row.support = "5";
    });
    expect(findings.map(({ what }) => what)).toEqual(["entry 2: support", "entry 1: support", "entry 3"]);
  });

  test("the command lists what differs and ends with 1", async () => {
    const liar = await startTamperedIndexer(indexer.url, (answer) => {
      const [row] = (answer as Rows).rows;
      if (row !== undefined) row.voters += 1;
      return answer;
    });
    const { code, output } = await runScript("scripts/audit.ts", [...flags(), "--indexer", liar.url]);
    await liar.close();
    expect(output).toContain("1 figure differs");
    expect(output).toContain("entry 2: voters");
    expect(code).toBe(1);
  });

  test("an endpoint that hides one vote is caught by the entry's weight", async () => {
    lab.rpc.intercept(async (call, proceed) => {
      const answer = await proceed();
      return call.method === "eth_getLogs" ? (answer as unknown[]).filter((_, index) => index !== 4) : answer;
    });
    const { findings } = await audit();
    lab.rpc.intercept((_, proceed) => proceed());
    expect(findings.map(({ where, what }) => `${where}: ${what}`)).toContain("contract: entry 2: weight");
  });
});

describe("somebody whose words would write the auditor's page", () => {
  const VERDICT = "\n\u001b[32m  ✓ All agree: everything\u001b[8m";
  /** What the coin says of itself. */
  const coinSays = (symbol: string, decimals: bigint) => {
    const answers: Record<string, string> = {
      [toFunctionSelector("symbol()")]: encodeAbiParameters([{ type: "string" }], [symbol]),
      [toFunctionSelector("decimals()")]: encodeAbiParameters([{ type: "uint256" }], [decimals]),
    };
    lab.rpc.intercept((call, proceed) => {
      const [asked] = (call.params ?? []) as [{ data?: string; input?: string }];
      const answer = call.method === "eth_call" ? answers[asked.data ?? asked.input ?? ""] : undefined;
      return answer === undefined ? proceed() : Promise.resolve(answer);
    });
  };

  test("a coin's name is printed without what steers a terminal, and short", async () => {
    coinSays(`X${VERDICT}`, 9n);
    const { code, output } = await runScript("scripts/audit.ts", flags());
    lab.rpc.intercept((_, proceed) => proceed());
    expect(output).not.toContain("everything");
    expect(output).toContain("X??[32m  ? All a:");
    expect(code).toBe(0);
  });

  test("a coin with more decimals than a word can have does not stop the audit", async () => {
    coinSays("X", 255n);
    const { findings } = await audit();
    const { code } = await runScript("scripts/audit.ts", flags());
    lab.rpc.intercept((_, proceed) => proceed());
    expect(findings).toEqual([]);
    expect(code).toBe(0);
  });

  test("an indexer's words in the list of differences neither", async () => {
    const liar = await startTamperedIndexer(indexer.url, (answer) => {
      const [row] = (answer as { rows: { author: string }[] }).rows;
      if (row !== undefined) row.author = VERDICT;
      return answer;
    });
    const { code, output } = await runScript("scripts/audit.ts", [...flags(), "--indexer", liar.url]);
    await liar.close();
    expect(output).not.toContain("✓ All agree");
    expect(output).toContain("??[32m  ? all agree: everything?[8m");
    expect(code).toBe(1);
  });
});

describe("somebody who cannot look", () => {
  test("ends with 2 and a sentence when no chain answers", async () => {
    const { code, output } = await runScript("scripts/audit.ts", [
      "--rpc",
      "http://127.0.0.1:1",
      "--contest",
      lab.contest,
    ]);
    expect(output).toContain("Could not look: No chain answers at http://127.0.0.1:1");
    expect(code).toBe(2);
  });

  test("ends with 2 and a sentence when the indexer does not answer", async () => {
    const { code, output } = await runScript("scripts/audit.ts", [...flags(), "--indexer", "http://127.0.0.1:1"]);
    expect(output).toContain("Could not look: The indexer does not answer");
    expect(code).toBe(2);
  });

  test("ends with 2 on a flag that it does not know, and when it is not told where to look", async () => {
    const nowhere = await runScript("scripts/audit.ts", [], { ...process.env, COINDROP_STATE: lab.folder });
    expect(nowhere.output).toContain("name the chain and the contest with --rpc and --contest");
    expect(nowhere.code).toBe(2);
    expect((await runScript("scripts/audit.ts", [...flags(), "--indexr", indexer.url])).code).toBe(2);
  });

  test("says that there is no contest rather than that it differs", async () => {
    const nowhere = auditContest({ rpcUrl: lab.rpc.url, contest: "0x00000000000000000000000000000000000000aa" });
    await expect(nowhere).rejects.toThrow(CannotLookError);
    const coin = auditContest({ rpcUrl: lab.rpc.url, contest: lab.coin });
    await expect(coin).rejects.toThrow("is no contest of ours");
  });

  test("does not take an indexer's answer in another shape for agreement", async () => {
    const odd = await startTamperedIndexer(indexer.url, () => ({ rows: [] }));
    await expect(audit({ indexerUrl: odd.url })).rejects.toThrow("another shape");
    await odd.close();
  });
});

// The last one: it ends the contest.
test("ranks, prizes and refunds of a final result agree", async () => {
  const { chain, contest, alice, organiser } = lab;
  const call = { to: contest, abi: contestAbi } as const;
  await lab.equip(organiser, contest, parseEther("1"));
  await chain.write({ ...call, from: organiser, functionName: "fund", args: [parseEther("1000")] });
  await lab.at(votesClose);
  await chain.write({ ...call, from: alice, functionName: "count", args: [10n] });
  await chain.write({ ...call, from: alice, functionName: "finalize", args: [] });
  await chain.write({ ...call, from: alice, functionName: "claim", args: [2n] });
  await chain.write({ ...call, from: organiser, functionName: "reclaim", args: [] });
  await chain.write({ ...call, from: alice, functionName: "releaseBond", args: [1n] });
  await indexed(indexer.url, lab.headNumber);
  const { findings, isFinal, standings } = await audit({ indexerUrl: indexer.url });
  expect(findings).toEqual([]);
  expect(isFinal).toBe(true);
  expect(standings.topTen).toEqual([2n, 1n, 0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n]);
  expect(standings.rows.map(({ prize }) => prize)).toEqual([parseEther("300"), parseEther("200"), 0n]);
  expect(standings.unheld).toBe(parseEther("500"));
  // What an endpoint hides of it, the contract tells.
  expect(await hiding("Credited(address,address,uint256)")).toEqual([
    "entry bonds held",
    `credit of ${lab.author.toLowerCase()}`,
  ]);
  expect(await hiding("Reclaimed(address,uint256)")).toContain(`funded by ${organiser.toLowerCase()}`);
});
