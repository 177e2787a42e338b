import { beforeEach, describe, expect, test } from "vitest";
import { BranchChangedError } from "../../../indexer/chain/errors.ts";
import { createNotices } from "../../../indexer/chain/notices.ts";
import { readRange } from "../../../indexer/chain/readRange.ts";
import { faults, together } from "../../support/faultyRpc.ts";
import type { Middleman } from "../../support/rpcServer.ts";
import type { ScriptedChain } from "../../support/scriptedChain.ts";
import { createScriptedChain } from "../../support/scriptedChain.ts";
import {
  addressOf,
  CONTEST,
  created,
  FACTORY,
  hashOf,
  mustHave,
  REGISTRY,
  stakeChanged,
  submitted,
  voterOf,
} from "../../support/scriptedLogs.ts";
import { scriptedRpc } from "../../support/scriptedRpc.ts";

/** Whose logs nobody asks for. */
const OTHER_FACTORY = addressOf(0xf1);
const OTHER_CONTEST = addressOf(0xf2);

let chain: ScriptedChain;
let notices: ReturnType<typeof createNotices>;

beforeEach(() => {
  chain = createScriptedChain({ entries: 2, finality: undefined });
  chain.mine([
    { voter: 1, entryId: 1, stake: 5n },
    { voter: 2, entryId: 2, stake: 7n },
  ]);
  chain.mine([{ voter: 1, entryId: 1, stake: 3n }]);
  notices = createNotices();
});

/** Reads the whole chain through what stands between. */
async function read(between?: Middleman, thorough = false) {
  const rpc = scriptedRpc(chain, between);
  const plain = scriptedRpc(chain);
  const [after, to] = [
    mustHave((await plain.header(0)) ?? undefined),
    mustHave((await plain.header("latest")) ?? undefined),
  ];
  return readRange({
    ...{ rpc, factory: FACTORY, nodeRegistry: REGISTRY, contests: [], hasToken: async () => true },
    ...{ after, to, finalized: 0, notices, thorough },
  });
}

describe("logs that are missing", () => {
  test("of a block of which none came, are taken from its receipts, and of these only ours", async () => {
    const whole = await read();
    const stranger = { ...created(OTHER_CONTEST, OTHER_FACTORY), logIndex: "0x63" };
    const withStranger: Middleman = async ({ method }, proceed) => {
      const answer = await proceed();
      if (method !== "eth_getBlockReceipts") return answer;
      const [{ logs }] = answer as [{ readonly logs: readonly object[] }];
      return [{ logs: [...logs, { ...logs[0], ...stranger }] }];
    };
    const holed = await read(together(withStranger, faults.forgetBlock(2)));
    expect(holed.events).toEqual(whole.events);
    expect(holed.logs).toBe(whole.logs);
    expect(notices.missingLogs).toBe(2);
  });

  test("where others of the same contract came, are found when every block is compared with its receipts", async () => {
    const whole = await read();
    const forgetOne: Middleman = async ({ method }, proceed) => {
      const answer = await proceed();
      return method === "eth_getLogs"
        ? (answer as { logIndex: string }[]).filter(({ logIndex }) => logIndex !== "0x1")
        : answer;
    };
    expect((await read(forgetOne)).events.length).toBeLessThan(whole.events.length);
    expect(notices.missingLogs).toBe(0);
    expect((await read(forgetOne, true)).events).toEqual(whole.events);
    expect(notices.missingLogs).toBeGreaterThan(0);
  });
});

test("logs that come twice and backwards are read once and in order, and counted", async () => {
  const whole = await read();
  expect(notices.doubledLogs).toBe(0);
  expect((await read(faults.stutter(10))).events).toEqual(whole.events);
  expect(notices.doubledLogs).toBe(whole.logs);
});

test("logs that nobody asked for, of another factory and its contest, are not taken", async () => {
  const whole = await read();
  const move = stakeChanged({ voter: voterOf(1), entryId: 1, stake: 1n, entryWeight: 1n, timestamp: 1 });
  chain.say([created(OTHER_CONTEST, OTHER_FACTORY), submitted(1, OTHER_CONTEST), { ...move, address: OTHER_CONTEST }]);
  const asked: unknown[] = [];
  const everybodys: Middleman = async ({ method, params }, proceed) => {
    if (method !== "eth_getLogs") return proceed();
    const [{ address, fromBlock, toBlock }] = params as [{ address: unknown; fromBlock: string; toBlock: string }];
    asked.push(address);
    const isIn = (block: string) => Number(block) >= Number(fromBlock) && Number(block) <= Number(toBlock);
    return chain.said().logs.filter(({ blockNumber }) => isIn(blockNumber));
  };
  expect((await read(everybodys)).events).toEqual(whole.events);
  // The other factory's contest was not followed either.
  expect(asked).toEqual([[FACTORY, REGISTRY], [CONTEST]]);
});

test("a log that names another block than the header of its number is refused: it is of another branch", async () => {
  const elsewhere: Middleman = async ({ method }, proceed) => {
    const answer = await proceed();
    if (method !== "eth_getLogs") return answer;
    return (answer as { blockNumber: string }[]).map((log) =>
      Number(log.blockNumber) === 3 ? { ...log, blockHash: hashOf(9) } : log,
    );
  };
  const reading = read(elsewhere);
  await expect(reading).rejects.toBeInstanceOf(BranchChangedError);
  await expect(reading).rejects.toThrow("Block 3 does not follow");
});
