import { join } from "node:path";
import { parseEther } from "viem";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createNotices } from "../../../indexer/chain/notices.ts";
import type { Indexer, ServeOptions } from "../../../indexer/serve.ts";
import { LAB_START } from "../../support/contestLab.ts";
import { faults, together } from "../../support/faultyRpc.ts";
import { startRpcServer } from "../../support/rpcServer.ts";
import { createSimulatedChain } from "../../support/simulatedChain.ts";
import { until } from "../../support/until.ts";
import type { IndexerLab } from "./indexerLab.ts";
import { clientOf, createIndexerLab, indexed } from "./indexerLab.ts";
import { listen } from "./listen.ts";
import { readIndex } from "./openIndex.ts";

type Server = Awaited<ReturnType<typeof startRpcServer>>;

let lab: IndexerLab;
let closing: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  lab = await createIndexerLab();
});
afterEach(async () => {
  await Promise.all(closing.map((close) => close()));
  closing = [];
  await lab.close();
});

async function start(more: Partial<ServeOptions> = {}): Promise<Indexer> {
  const indexer = await lab.serve(more);
  indexer.stopped.catch(() => {});
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= indexer.close();
    return closed;
  };
  closing.push(close);
  return { ...indexer, close };
}

/** A second endpoint of the lab's chain. */
async function second(): Promise<Server> {
  const server = await startRpcServer(lab.chain.provider);
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= server.close();
    return closed;
  };
  closing.push(close);
  return { ...server, close };
}

const notices = (indexer: Indexer) => indexer.status()?.notices ?? createNotices();

async function scores(indexer: Indexer): Promise<Record<number, string>> {
  await indexed(indexer.url, lab.headNumber);
  const { rows } = await clientOf(indexer.url).ranking({ contest: lab.contest });
  return Object.fromEntries(rows.map(({ entryId, score }) => [entryId, score]));
}

/** Compares all that an indexer wrote with a fresh fold by an endpoint without a fault. */
async function expectAsFresh(indexer: Indexer): Promise<void> {
  await indexed(indexer.url, lab.headNumber);
  await indexer.close();
  lab.rpc.intercept((_, proceed) => proceed());
  const file = join(lab.folder, "fresh.sqlite");
  const fresh = await lab.serve({ file });
  await indexed(fresh.url, lab.headNumber);
  await fresh.close();
  expect(await readIndex(lab.options.file)).toEqual(await readIndex(file));
}

/** 3 coins over the whole window of 259,200 s. */
const THREE = "777600000000000000000000";

describe("missing logs", () => {
  test("a block that came without its logs is found out by its bloom, and they are read from its receipts", async () => {
    const indexer = await start({ auditBlocks: 0 });
    await indexed(indexer.url, lab.headNumber);
    lab.rpc.intercept(faults.forgetAll(1));
    await lab.drop(lab.alice, 1, parseEther("3"));
    expect(await scores(indexer)).toMatchObject({ 1: THREE });
    expect(notices(indexer)).toMatchObject({ missingLogs: 1, tallyMismatches: 0 });
    await expectAsFresh(indexer);
  });

  test("an endpoint without receipts is asked again for the block", async () => {
    const indexer = await start({ auditBlocks: 0 });
    await indexed(indexer.url, lab.headNumber);
    lab.rpc.intercept(together(faults.forgetAll(1), faults.without("eth_getBlockReceipts")));
    await lab.drop(lab.alice, 1, parseEther("3"));
    expect(await scores(indexer)).toMatchObject({ 1: THREE });
    expect(notices(indexer)).toMatchObject({ missingLogs: 1 });
  });

  test("a last log that nothing follows is found out by the contract's own tally: alarm, and the range is read again", async () => {
    const indexer = await start({ finalityDepth: 8 });
    await indexed(indexer.url, lab.headNumber);
    // Two stakes in one block, of which the second goes missing: the block's bloom shows nothing.
    lab.rpc.intercept(together(faults.forgetLast(1, 2), faults.without("eth_getBlockReceipts")));
    await lab.request("evm_setAutomine", [false]);
    const sent = Promise.all([lab.drop(lab.alice, 1, parseEther("3")), lab.drop(lab.bob, 2, parseEther("3"))]);
    sent.catch(() => {});
    await until(
      "both to wait",
      async () => Number(await lab.request("eth_getBlockTransactionCountByNumber", ["pending"])) === 2,
    );
    await lab.request("evm_mine");
    await lab.request("evm_setAutomine", [true]);
    const lying = await lab.headNumber();
    await until("the block to be indexed", async () => ((await clientOf(indexer.url).ready()).indexed ?? 0) >= lying);
    for (let block = 0; block < 9; block++) await lab.request("evm_mine");
    await until("the mismatch to be noticed", () => notices(indexer).tallyMismatches > 0);
    expect(await scores(indexer)).toMatchObject({ 1: THREE, 2: THREE });
    await expectAsFresh(indexer);
  });

  test("ready says so while the tallies differ, and answers go on, until the endpoint gives what it held back", async () => {
    await lab.drop(lab.alice, 1, parseEther("3"));
    const hidden = await lab.headNumber();
    lab.rpc.intercept(together(faults.forgetBlock(hidden), faults.without("eth_getBlockReceipts")));
    const indexer = await start({ finalityDepth: 8 });
    await until("the contract to be read anew in vain", () => notices(indexer).resyncs > 0);
    const alarmed = await clientOf(indexer.url).ready();
    expect(alarmed).toMatchObject({ ready: false, reason: expect.stringMatching(/tallies of 0x/) });
    await clientOf(indexer.url).ranking({ contest: lab.contest });
    lab.rpc.intercept((_, proceed) => proceed());
    expect(await scores(indexer)).toMatchObject({ 1: THREE });
    await expectAsFresh(indexer);
  });
});

/** Makes an index in which the logs of `hidden` are missing in what is final, and nobody noticed. */
async function indexWithHole(hidden: number): Promise<void> {
  lab.rpc.intercept(together(faults.forgetBlock(hidden), faults.without("eth_getBlockReceipts")));
  const indexer = await start({ finalityDepth: 4, auditBlocks: 0 });
  for (let block = 0; block < 6; block++) await lab.request("evm_mine");
  await indexed(indexer.url, lab.headNumber);
  await indexer.close();
  lab.rpc.intercept((_, proceed) => proceed());
}

describe("a hole in what is final", () => {
  test("is an alarm, and all of that contest is read anew: what the contracts' tallies tell", async () => {
    await lab.drop(lab.alice, 1, parseEther("3"));
    await indexWithHole(await lab.headNumber());
    const indexer = await start({ finalityDepth: 4, auditBlocks: 2 });
    const live = await listen(indexer.url);
    expect(await scores(indexer)).toMatchObject({ 1: THREE });
    await live.next("rollback", ({ block }) => block.number === 0);
    await live.close();
    expect(notices(indexer)).toMatchObject({ resyncs: 1 });
    await expectAsFresh(indexer);
  });

  test("is an alarm, and all of that contest is read anew: what new logs contradict", async () => {
    await lab.drop(lab.alice, 1, parseEther("3"));
    await indexWithHole(await lab.headNumber());
    await lab.drop(lab.bob, 1, parseEther("3"));
    const indexer = await start({ finalityDepth: 4, auditBlocks: 0 });
    expect(await scores(indexer)).toMatchObject({ 1: "1555200000000000000000000" });
    expect(notices(indexer)).toMatchObject({ resyncs: 1, tallyMismatches: 0 });
    await expectAsFresh(indexer);
  });
});

describe("logs that are not so", () => {
  test("doubled ones count once and are noticed", async () => {
    await lab.drop(lab.alice, 1, parseEther("3"));
    lab.rpc.intercept(faults.stutter(2));
    const indexer = await start();
    expect(await scores(indexer)).toMatchObject({ 1: THREE });
    expect(notices(indexer).doubledLogs).toBeGreaterThan(0);
  });

  test("invented ones are refused and noticed", async () => {
    const indexer = await start();
    await indexed(indexer.url, lab.headNumber);
    lab.rpc.intercept(faults.invent(1, lab.nodeRegistry));
    await lab.drop(lab.alice, 1, parseEther("3"));
    expect(await scores(indexer)).toMatchObject({ 1: THREE });
    expect(notices(indexer).inventedLogs).toBe(1);
  });
});

describe("two endpoints", () => {
  test("what one leaves out the other gives, and the disagreement is noticed", async () => {
    await lab.drop(lab.alice, 1, parseEther("3"));
    const other = await second();
    other.intercept(faults.forgetAll(1_000));
    const indexer = await start({ rpcUrls: [other.url, lab.rpc.url] });
    expect(await scores(indexer)).toMatchObject({ 1: THREE });
    expect(notices(indexer).disagreements).toBeGreaterThan(0);
  });

  test("one goes on where the other is away", async () => {
    const other = await second();
    const indexer = await start({ rpcUrls: [other.url, lab.rpc.url] });
    await indexed(indexer.url, lab.headNumber);
    await other.close();
    await lab.drop(lab.alice, 1, parseEther("3"));
    expect(await scores(indexer)).toMatchObject({ 1: THREE });
  });

  test("heads that contradict each other stop the fold until they agree, and ready says which", async () => {
    const other = await second();
    const indexer = await start({ rpcUrls: [other.url, lab.rpc.url] });
    await indexed(indexer.url, lab.headNumber);
    const before = (await clientOf(indexer.url).ready()).indexed;
    other.intercept(async ({ method }, proceed) => {
      const answer = await proceed();
      return method === "eth_getBlockByNumber" && (answer as { number: string }).number !== "0x0"
        ? { ...(answer as object), hash: `0x${"ab".repeat(32)}` }
        : answer;
    });
    await lab.drop(lab.alice, 1, parseEther("3"));
    const reason = await until("the disagreement", async () => {
      const answer = await clientOf(indexer.url).ready();
      return /do not agree on block/.test(answer.reason ?? "") ? answer : undefined;
    });
    expect(reason.indexed).toBe(before);
    expect(notices(indexer).disagreements).toBeGreaterThan(0);
    other.intercept((_, proceed) => proceed());
    expect(await scores(indexer)).toMatchObject({ 1: THREE });
  });

  test("one on another chain is refused, by name", async () => {
    const chain = await createSimulatedChain({ start: LAB_START + 1 });
    const other = await startRpcServer(chain.provider);
    closing.push(other.close, chain.close);
    const indexer = await start({ rpcUrls: [lab.rpc.url, other.url] });
    await expect(indexer.stopped).rejects.toThrow(/is on another chain than the other endpoints[\s\S]*hash of block 0/);
  });
});

describe("an endpoint that is in trouble", () => {
  test("is left alone for as long as it asks, and noticed", async () => {
    lab.rpc.intercept(faults.limit(2, 1));
    const began = performance.now();
    const indexer = await start();
    await indexed(indexer.url, lab.headNumber);
    expect(performance.now() - began).toBeGreaterThan(950);
    expect(notices(indexer).rateLimits).toBeGreaterThan(0);
  });

  test("that takes requests and never answers is waited out", async () => {
    await lab.drop(lab.alice, 1, parseEther("3"));
    lab.rpc.intercept(faults.hang(3));
    const indexer = await start({ rpcTimeoutMs: 300 });
    expect(await scores(indexer)).toMatchObject({ 1: THREE });
  });
});
