import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { FollowOptions } from "../../../indexer/chain/follow.ts";
import { createNotices } from "../../../indexer/chain/notices.ts";
import { project } from "../../../indexer/project/project.ts";
import { openDatabase } from "../../../indexer/store/openDatabase.ts";
import { createSqliteBackend } from "../../../indexer/store/sqliteBackend.ts";
import type { Store } from "../../../indexer/store/store.ts";
import { createStore } from "../../../indexer/store/store.ts";
import { tell } from "../../../indexer/stream/tell.ts";
import { faults, together } from "../../support/faultyRpc.ts";
import type { Middleman } from "../../support/rpcServer.ts";
import { HttpFault, RpcFault } from "../../support/rpcServer.ts";
import type { ScriptedChain } from "../../support/scriptedChain.ts";
import { createScriptedChain } from "../../support/scriptedChain.ts";
import { createScriptedFollower, FINALITY } from "../../support/scriptedFollower.ts";
import { addressOf, CONTEST, created } from "../../support/scriptedLogs.ts";
import { scriptedRpc } from "../../support/scriptedRpc.ts";
import { until } from "../../support/until.ts";
import { dump } from "./memoryStore.ts";

/** Further contests. */
const [SECOND, THIRD] = [addressOf(0x33), addressOf(0x34)];

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

let chain: ScriptedChain;
let between: Middleman;
beforeEach(() => {
  chain = createScriptedChain({ entries: 2, finality: FINALITY });
  between = (_, proceed) => proceed();
});

function mine(blocks: number): void {
  for (let block = 0; block < blocks; block++) chain.mine([{ voter: 1, entryId: 1, stake: BigInt(chain.head() + 1) }]);
}

function follow(store: Store = openStore(), more: Partial<FollowOptions> = {}) {
  const logged: string[] = [];
  const note = (facts: object, words?: string) => void logged.push(`${words}: ${JSON.stringify(facts)}`);
  const notices = createNotices();
  const rpc = scriptedRpc(chain, (call, proceed) => between(call, proceed));
  const log = { info: () => {}, warn: note, error: note };
  const follower = createScriptedFollower(rpc, store, { notices, log, ...more });
  const stop = new AbortController();
  const running = follower.run(stop.signal);
  const end = async () => {
    stop.abort();
    await running;
  };
  closing.unshift(end);
  return { store, notices, logged, status: follower.status, end };
}

function openStore(): Store {
  const store = createStore({ backend: createSqliteBackend(openDatabase(":memory:")), project, tell });
  closing.push(store.close);
  return store;
}

type Following = ReturnType<typeof follow>;

const isThere = async ({ store, status }: Following) =>
  status().problem === null && (await store.standing())?.block === chain.head();
const there = (one: Following) => until("the head to be folded, and nothing to be wrong", () => isThere(one));

async function expectAsFresh({ store, end }: Following): Promise<void> {
  await end();
  between = (_, proceed) => proceed();
  const fresh = follow();
  await there(fresh);
  expect(await dump(store)).toEqual(await dump(fresh.store));
}

test("what is wrong is logged once for as long as it lasts, and again when it comes back", async () => {
  mine(3);
  const one = follow();
  await there(one);
  const failures = () => one.logged.filter((line) => line.includes("does not answer")).length;
  let failed = 0;
  const away: Middleman = async () => {
    failed += 1;
    throw new HttpFault(502);
  };
  between = away;
  await until("it to fail a few times", () => failed >= 3);
  expect(failures()).toBe(1);
  between = (_, proceed) => proceed();
  await there(one);
  between = away;
  await until("it to fail a few times more", () => failed >= 6);
  expect(failures()).toBe(2);
});

describe("a contest whose creation was left out", () => {
  /** Two come in one block, of which the endpoint tells only the first: the block's own summary shows nothing. */
  function createTwo(): number {
    chain.say([created(SECOND), created(THIRD)]);
    return chain.head();
  }

  test("is noticed by the number that the factory made, and blocks are read again", async () => {
    mine(3);
    const one = follow();
    await there(one);
    between = faults.forgetLast(1, 2);
    createTwo();
    await until("the block to be folded", async () => (await one.store.standing())?.block === chain.head());
    expect(await one.store.contests()).toEqual([CONTEST, SECOND]);
    mine(FINALITY);
    await until("it to be noticed", () => one.notices.countMismatches > 0);
    await there(one);
    expect(await one.store.contests()).toEqual([CONTEST, SECOND, THIRD]);
    expect(one.logged).toContainEqual(expect.stringContaining("contests: 2 here, 3 there"));
    await expectAsFresh(one);
  });

  /** Follows so far that the block is final, and nobody compares. */
  async function withHole(): Promise<Store> {
    const one = follow(openStore(), { auditBlocks: 0 });
    mine(3);
    await there(one);
    const hidden = createTwo();
    between = together(faults.forgetBlock(hidden), faults.without("eth_getBlockReceipts"));
    mine(2 * FINALITY);
    await there(one);
    await one.end();
    expect(await one.store.contests()).toEqual([CONTEST]);
    return one.store;
  }

  test("in what is final is an alarm, and each is read anew from there on", async () => {
    const store = await withHole();
    between = (_, proceed) => proceed();
    const one = follow(store);
    await there(one);
    expect(one.notices).toMatchObject({ resyncs: 2, tallyMismatches: 0 });
    await expectAsFresh(one);
  });

  test("and that the endpoint goes on leaving out of what it is asked for is found in the receipts of every block", async () => {
    const store = await withHole();
    between = faults.forgetBlock(chain.head() - 2 * FINALITY);
    const one = follow(store);
    await until("it to say so", () => one.status().problem?.startsWith("The factory made 3 contests up to block"));
    await there(one);
    await expectAsFresh(one);
  });

  test("is not sought where it came into being before this database begins", async () => {
    createTwo();
    mine(3);
    const one = follow(openStore(), { fromBlock: 4 });
    await there(one);
    chain.say([created(addressOf(0x35))]);
    mine(FINALITY);
    await there(one);
    expect(await one.store.contests()).toEqual([addressOf(0x35)]);
    expect(one.notices).toMatchObject({ countMismatches: 0 });
  });

  test("is noticed from the first look on where the endpoint keeps no state of where the database begins", async () => {
    createTwo();
    mine(3);
    const noArchive: Middleman = async ({ method, params }, proceed) => {
      if (method === "eth_getTransactionCount" && Number(params?.[1]) < 6)
        throw new RpcFault(-32000, "missing trie node");
      return proceed();
    };
    between = noArchive;
    const one = follow(openStore(), { fromBlock: 4 });
    mine(3);
    await there(one);
    between = together(faults.forgetLast(1, 2), noArchive);
    chain.say([created(addressOf(0x35)), created(addressOf(0x36))]);
    mine(FINALITY);
    await until("it to be noticed", () => one.notices.countMismatches > 0);
    await there(one);
    expect(await one.store.contests()).toEqual([addressOf(0x35), addressOf(0x36)]);
  });

  test("is nobody's concern where the endpoint does not tell how many the factory made: the tallies are compared", async () => {
    between = faults.without("eth_getTransactionCount");
    mine(3);
    const one = follow();
    await there(one);
    mine(2 * FINALITY);
    await there(one);
    expect(one.notices).toMatchObject({ countMismatches: 0, tallyMismatches: 0 });
    expect(one.logged).toEqual([]);
  });
});
