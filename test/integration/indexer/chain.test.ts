import { join } from "node:path";
import type { Address } from "viem";
import { parseEther } from "viem";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { NotFoundError } from "#protocol/indexerErrors.ts";
import type { Indexer } from "../../../indexer/serve.ts";
import { LAB_START, LAB_TIMES } from "../../support/contestLab.ts";
import { faults, together } from "../../support/faultyRpc.ts";
import { RpcFault, startRpcServer } from "../../support/rpcServer.ts";
import { createSimulatedChain } from "../../support/simulatedChain.ts";
import { until } from "../../support/until.ts";
import type { IndexerLab } from "./indexerLab.ts";
import { clientOf, createIndexerLab, indexed } from "./indexerLab.ts";
import { readIndex } from "./openIndex.ts";

let lab: IndexerLab;
let running: Indexer[] = [];

beforeEach(async () => {
  lab = await createIndexerLab();
});
afterEach(async () => {
  await Promise.all(running.map((indexer) => indexer.close()));
  running = [];
  await lab.close();
});

async function start(...more: Parameters<IndexerLab["serve"]>): Promise<Indexer> {
  const indexer = await lab.serve(...more);
  // Where it stops by itself, the test says so; elsewhere the answers fail.
  indexer.stopped.catch(() => {});
  running.push(indexer);
  return indexer;
}

async function stop(indexer: Indexer): Promise<void> {
  running = running.filter((other) => other !== indexer);
  await indexer.close();
}

async function mine(blocks: number): Promise<void> {
  for (let block = 0; block < blocks; block++) await lab.request("evm_mine");
}

const ready = (indexer: Indexer) => clientOf(indexer.url).ready();

async function scores(indexer: Indexer): Promise<Record<number, string>> {
  await indexed(indexer.url, lab.headNumber);
  const { rows } = await clientOf(indexer.url).ranking({ contest: lab.contest });
  return Object.fromEntries(rows.map(({ entryId, score }) => [entryId, score]));
}

/** Stops the indexer and compares all that it wrote with a fresh fold of the chain as it is now. */
async function expectAsFresh(indexer: Indexer): Promise<void> {
  await indexed(indexer.url, lab.headNumber);
  await stop(indexer);
  const file = join(lab.folder, "fresh.sqlite");
  const fresh = await start({ file });
  await indexed(fresh.url, lab.headNumber);
  await stop(fresh);
  expect(await readIndex(lab.options.file)).toEqual(await readIndex(file));
}

describe("when the chain takes another branch", () => {
  test("a shorter past is taken back and the other branch folded in", async () => {
    const indexer = await start();
    await lab.drop(lab.alice, 1, parseEther("3"));
    const fork = await lab.request("evm_snapshot");
    await lab.drop(lab.alice, 1, parseEther("100"));
    await lab.drop(lab.bob, 2, parseEther("50"));
    await lab.drop(lab.carol, 3, parseEther("1"));
    expect(await scores(indexer)).toMatchObject({ 2: "12960000000000000000000000" });

    await lab.request("evm_revert", [fork]);
    await lab.drop(lab.bob, 3, parseEther("2"));
    await lab.drop(lab.bob, 2, parseEther("1"));
    // 3, 1 and 2 coins over the whole window of 259,200 s.
    expect(await scores(indexer)).toEqual({
      1: "777600000000000000000000",
      2: "259200000000000000000000",
      3: "518400000000000000000000",
    });
    await expectAsFresh(indexer);
  });

  test("a longer branch that forked while the indexer was down is found", async () => {
    const fork = await lab.request("evm_snapshot");
    await lab.drop(lab.alice, 1, parseEther("100"));
    const before = await start();
    await indexed(before.url, lab.headNumber);
    await stop(before);

    await lab.request("evm_revert", [fork]);
    for (let drop = 0; drop < 5; drop++) await lab.drop(lab.carol, 2, parseEther("1"));
    const indexer = await start();
    expect(await scores(indexer)).toMatchObject({ 1: "0", 2: "1296000000000000000000000" });
    await expectAsFresh(indexer);
  });

  test("a contest that the other branch never created is forgotten", async () => {
    const indexer = await start();
    const fork = await lab.request("evm_snapshot");
    const later = lab.openRules.countFrom - 1_000;
    const { contest } = await lab.create({ ...lab.openRules, entriesOpen: later, votesOpen: later + 1 });
    await indexed(indexer.url, lab.headNumber);
    const found = () => clientOf(indexer.url).contest({ contest: contest.toLowerCase() as Address });
    expect((await found()).contest.entryCount).toBe(0);
    await lab.request("evm_revert", [fork]);
    await mine(3);
    await indexed(indexer.url, lab.headNumber);
    await expect(found()).rejects.toBeInstanceOf(NotFoundError);
    await expectAsFresh(indexer);
  });

  test("one below the finalized block stops the indexer, and the message says what to do", async () => {
    const fork = await lab.request("evm_snapshot");
    await mine(8);
    const indexer = await start({ finalityDepth: 3 });
    await indexed(indexer.url, lab.headNumber);
    await lab.request("evm_revert", [fork]);
    await lab.request("evm_increaseTime", ["0x64"]);
    await mine(9);
    await expect(indexer.stopped).rejects.toThrow(/took back blocks .* final[\s\S]*delete the database/);
  });
});

describe("when the endpoint is at fault", () => {
  test("serving goes on while the chain is away, ready says why, and it reconnects by itself", async () => {
    await lab.drop(lab.alice, 1, parseEther("3"));
    const indexer = await start();
    await indexed(indexer.url, lab.headNumber);
    await lab.rpc.close();
    const away = await until("the indexer to notice", async () => {
      const answer = await ready(indexer);
      return answer.ready ? undefined : answer;
    });
    expect(away.reason).toBe("The chain's endpoint does not answer.");
    const { contest } = await clientOf(indexer.url).contest({ contest: lab.contest });
    expect(contest.voters).toBe(1);

    await lab.drop(lab.bob, 2, parseEther("3"));
    const again = await startRpcServer(lab.chain.provider, lab.rpc.port);
    try {
      expect(await scores(indexer)).toMatchObject({ 2: "777600000000000000000000" });
    } finally {
      await again.close();
    }
  });

  test("logs that were left out are noticed, and read again", async () => {
    await lab.drop(lab.alice, 1, parseEther("3"));
    await lab.drop(lab.bob, 1, parseEther("1"));
    let lies = 3;
    lab.rpc.intercept(async ({ method }, proceed) => {
      const answer = await proceed();
      if (method !== "eth_getLogs" || lies === 0 || !Array.isArray(answer) || answer.length < 3) return answer;
      lies -= 1;
      return answer.toSpliced(-2, 1);
    });
    const indexer = await start();
    expect(await scores(indexer)).toMatchObject({ 1: "1036800000000000000000000" });
    expect(lies).toBeLessThan(3);
    await expectAsFresh(indexer);
  });

  test("an endpoint that leaves logs out is told of in ready, and what it held back is read when it gives it", async () => {
    await lab.drop(lab.alice, 1, parseEther("3"));
    const hidden = await lab.headNumber();
    await lab.drop(lab.bob, 1, parseEther("1"));
    lab.rpc.intercept(together(faults.forgetBlock(hidden), faults.without("eth_getBlockReceipts")));
    const indexer = await start();
    await until("ready to say so", async () => {
      const { reason } = await clientOf(indexer.url).ready();
      return reason?.includes("do not add up");
    });
    lab.rpc.intercept((_, proceed) => proceed());
    expect(await scores(indexer)).toMatchObject({ 1: "1036800000000000000000000" });
    await expectAsFresh(indexer);
  });

  test("logs that come twice or out of order count once, in order", async () => {
    await lab.drop(lab.alice, 1, parseEther("3"));
    await lab.drop(lab.alice, 1, parseEther("2"));
    lab.rpc.intercept(async ({ method }, proceed) => {
      const answer = await proceed();
      return method === "eth_getLogs" && Array.isArray(answer) ? [...answer, ...answer].reverse() : answer;
    });
    const indexer = await start();
    expect(await scores(indexer)).toMatchObject({ 1: "1296000000000000000000000" });
  });

  test("logs of another branch than the headers are not folded in", async () => {
    await lab.drop(lab.alice, 1, parseEther("3"));
    let lies = 2;
    lab.rpc.intercept(async ({ method }, proceed) => {
      const answer = await proceed();
      if (method !== "eth_getLogs" || lies === 0 || !Array.isArray(answer)) return answer;
      lies -= 1;
      return answer.map((log: object) => ({ ...log, blockHash: `0x${"ab".repeat(32)}` }));
    });
    const indexer = await start();
    expect(await scores(indexer)).toMatchObject({ 1: "777600000000000000000000" });
    expect(lies).toBe(0);
  });

  test("an endpoint that refuses wide ranges is asked for narrower ones", async () => {
    await lab.drop(lab.alice, 1, parseEther("3"));
    const widths: number[] = [];
    lab.rpc.intercept(({ method, params }, proceed) => {
      const [filter] = (params ?? []) as [{ fromBlock?: string; toBlock?: string }];
      if (method === "eth_getLogs" && filter?.fromBlock !== undefined) {
        const width = Number(filter.toBlock) - Number(filter.fromBlock) + 1;
        widths.push(width);
        if (width > 3) throw new RpcFault(-32005, "query exceeds max block range 3");
      }
      return proceed();
    });
    const indexer = await start();
    expect(await scores(indexer)).toMatchObject({ 1: "777600000000000000000000" });
    expect(widths.some((width) => width > 3)).toBe(true);
  });

  test("a chain without a finalized tag is followed by depth", async () => {
    lab.rpc.intercept(({ method, params }, proceed) => {
      if (method === "eth_getBlockByNumber" && params?.[0] === "finalized") throw new RpcFault(-32602, "unknown tag");
      return proceed();
    });
    const indexer = await start({ finalityDepth: 2 });
    await indexed(indexer.url, lab.headNumber);
    const { at } = await clientOf(indexer.url).contest({ contest: lab.contest });
    expect(at.finalized).toBe((await lab.headNumber()) - 2);
  });

  test("another chain behind the same address is refused", async () => {
    const indexer = await start();
    await indexed(indexer.url, lab.headNumber);
    const other = await createSimulatedChain({ start: LAB_START + 1 });
    for (let block = 0; block < 40; block++) await other.provider.request({ method: "evm_mine" });
    lab.rpc.intercept(({ method, params = [] }) => other.provider.request({ method, params }));
    try {
      await expect(indexer.stopped).rejects.toThrow(/belongs to another chain[\s\S]*hash of block 0/);
    } finally {
      await other.close();
    }
  });

  test("blocks that a simulated chain made many of at once are followed, though they name no parent", async () => {
    await lab.drop(lab.alice, 1, parseEther("3"));
    const indexer = await start();
    await indexed(indexer.url, lab.headNumber);
    await lab.request("hardhat_mine", ["0x20"]);
    await lab.drop(lab.bob, 1, parseEther("1"));
    expect(await scores(indexer)).toMatchObject({ 1: "1036800000000000000000000" });
  });

  test("a database of another chain is refused with both hashes and what to do", async () => {
    const indexer = await start();
    await indexed(indexer.url, lab.headNumber);
    await stop(indexer);
    lab.rpc.intercept(async ({ method, params }, proceed) => {
      const answer = await proceed();
      const isGenesis = method === "eth_getBlockByNumber" && params?.[0] === "0x0";
      return isGenesis ? { ...(answer as object), hash: `0x${"cd".repeat(32)}` } : answer;
    });
    const again = await start();
    await expect(again.stopped).rejects.toThrow(/another chain[\s\S]*hash of block 0: 0x[\s\S]*0xcdcd[\s\S]*--db/);
  });

  test("an address without the right contract is refused", async () => {
    const coin = await start({ factory: lab.coin.toLowerCase() as `0x${string}` });
    await expect(coin.stopped).rejects.toThrow(/is not a contest factory/);
    const file = join(lab.folder, "other.sqlite");
    const empty = await start({ file, factory: "0x00000000000000000000000000000000000000aa" });
    await expect(empty.stopped).rejects.toThrow(/no contract at 0x00000000000000000000000000000000000000aa/);
  });
});

test("two indexers on one database: the second is told", async () => {
  await start();
  await expect(lab.serve()).rejects.toThrow(/Another indexer is writing this database[\s\S]*--db/);
});

test("phase and projected score do not need a block with an event", async () => {
  await lab.drop(lab.alice, 1, parseEther("3"));
  const indexer = await start();
  await lab.at(LAB_TIMES.votesClose + 1);
  await lab.request("evm_mine");
  expect(await scores(indexer)).toMatchObject({ 1: "777600000000000000000000" });
  const { contest } = await clientOf(indexer.url).contest({ contest: lab.contest });
  expect(contest.phase).toBe("counting");
});
