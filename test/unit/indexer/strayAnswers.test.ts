import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ChainUnreachableError } from "../../../indexer/chain/errors.ts";
import { createNotices } from "../../../indexer/chain/notices.ts";
import { readRange } from "../../../indexer/chain/readRange.ts";
import { project } from "../../../indexer/project/project.ts";
import { openDatabase } from "../../../indexer/store/openDatabase.ts";
import { createSqliteBackend } from "../../../indexer/store/sqliteBackend.ts";
import type { Store } from "../../../indexer/store/store.ts";
import { createStore } from "../../../indexer/store/store.ts";
import { tell } from "../../../indexer/stream/tell.ts";
import type { Middleman } from "../../support/rpcServer.ts";
import type { ScriptedChain } from "../../support/scriptedChain.ts";
import { createScriptedChain } from "../../support/scriptedChain.ts";
import { createScriptedFollower, FINALITY } from "../../support/scriptedFollower.ts";
import { CONTEST, FACTORY, mustHave, REGISTRY } from "../../support/scriptedLogs.ts";
import { scriptedRpc } from "../../support/scriptedRpc.ts";
import { until } from "../../support/until.ts";

let chain: ScriptedChain;
beforeEach(() => {
  chain = createScriptedChain({ entries: 2, finality: FINALITY });
  for (let block = 0; block < 6; block++) mine();
});

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const mine = () => chain.mine([{ voter: 1, entryId: 1, stake: BigInt(chain.head() + 1) }]);

describe("an answer that is not to the question", () => {
  /** Reads blocks 3 to 5 through what stands between. */
  async function read(between: Middleman, [from, end]: readonly [number, number] = [2, 5]) {
    const plain = scriptedRpc(chain);
    const [after, to] = [
      mustHave((await plain.header(from)) ?? undefined),
      mustHave((await plain.header(end)) ?? undefined),
    ];
    return readRange({
      ...{ rpc: scriptedRpc(chain, between), factory: FACTORY, nodeRegistry: REGISTRY, contests: [CONTEST] },
      ...{ hasToken: async () => true, after, to, finalized: 0, notices: createNotices(), thorough: false },
    });
  }

  const everyLog: Middleman = async ({ method }, proceed) => (method === "eth_getLogs" ? chain.said().logs : proceed());

  test.each([
    ["of several blocks", [2, 5]],
    ["of one block", [2, 3]],
  ] as const)(
    "logs %s and of others, too, are refused: these would be folded twice, or before their turn",
    async (_, span) => {
      await expect(read(everyLog, span)).rejects.toThrow("which was not asked for");
      await expect(read(everyLog, span)).rejects.toBeInstanceOf(ChainUnreachableError);
    },
  );

  test("another block than the one that was named is refused", async () => {
    const newestAlways: Middleman = async ({ method, params }, proceed) =>
      method === "eth_getBlockByNumber" && params?.[0] === "0x3"
        ? chain.request({ method, params: ["latest", false] })
        : proceed();
    await expect(read(newestAlways)).rejects.toThrow("answered with block 7, which was not asked for");
  });

  test("receipts of another block are refused: their logs would be folded in its place", async () => {
    const other: Middleman = async ({ method }, proceed) =>
      method === "eth_getBlockReceipts" ? [{ logs: chain.said().logs }] : proceed();
    const block = mustHave((await scriptedRpc(chain).header(3)) ?? undefined);
    const receipts = scriptedRpc(chain, other).receiptLogs(block.hash);
    await expect(receipts).rejects.toBeInstanceOf(ChainUnreachableError);
  });

  test("a log that cannot be read is asked for again, and does not end the process", async () => {
    const cut: Middleman = async ({ method }, proceed) => {
      const answer = await proceed();
      if (method !== "eth_getLogs") return answer;
      return (answer as { readonly data: string }[]).map((log) => ({ ...log, data: log.data.slice(0, -64) }));
    };
    await expect(read(cut)).rejects.toBeInstanceOf(ChainUnreachableError);
  });
});

describe("a head that lags behind the database", () => {
  function follow(store: Store, between: Middleman) {
    const notices = createNotices();
    const follower = createScriptedFollower(scriptedRpc(chain, between), store, { notices });
    const stop = new AbortController();
    const running = follower.run(stop.signal);
    const end = async () => {
      stop.abort();
      await running;
    };
    closing.unshift(end);
    return { notices, end, status: follower.status };
  }

  test("is nothing to compare the newest rows with", async () => {
    const store = createStore({ backend: createSqliteBackend(openDatabase(":memory:")), project, tell });
    closing.push(store.close);
    const first = follow(store, (_, proceed) => proceed());
    await until("the head to be folded", () => first.status().caughtUp);
    await first.end();

    let looks = 0;
    const late: Middleman = async ({ method, params }, proceed) => {
      if (method !== "eth_getBlockByNumber" || params?.[0] !== "latest") return proceed();
      looks += 1;
      return chain.request({ method, params: [`0x${(chain.head() - 2).toString(16)}`, false] });
    };
    const second = follow(store, late);
    await until("it to be looked at a few times", () => looks >= 5);
    expect(second.notices).toMatchObject({ tallyMismatches: 0, rpcErrors: 0 });
    expect((await store.standing())?.block).toBe(chain.head());
    expect(second.status()).toMatchObject({ caughtUp: false, problem: null });
  });
});
