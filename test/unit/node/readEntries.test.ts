import {
  type Address,
  createPublicClient,
  custom,
  decodeFunctionData,
  encodeAbiParameters,
  encodeEventTopics,
  encodeFunctionResult,
  type Hex,
  HttpRequestError,
  numberToHex,
  pad,
} from "viem";
import { describe, expect, test } from "vitest";
import { contestAbi, contestFactoryAbi } from "#protocol/abi.ts";
import { createEntryReader } from "../../../inference-node/chain/readEntries.ts";

const contest: Address = "0x00000000000000000000000000000000000c0de5";
const factory: Address = "0x00000000000000000000000000000000000fac70";

/** An RPC endpoint that knows one contest. */
function createFakeChain() {
  const state = {
    head: 100,
    finalised: 90 as number | null,
    away: false,
    /** What it says instead of the finalised block. */
    refusal: null as Error | null,
    ours: true,
    /** Told apart from another chain by this. */
    salt: 1,
    entries: [] as { id: number; block: number; status: number }[],
    asked: [] as { from: number; to: number }[],
  };
  const hashOf = (block: number): Hex => pad(numberToHex(block * 1_000 + state.salt), { size: 32 });

  const blockOf = (block: number) => ({
    number: numberToHex(block),
    hash: hashOf(block),
    timestamp: "0x1",
    transactions: [],
    gasLimit: "0x0",
    gasUsed: "0x0",
  });

  const answer = (method: string, params: readonly unknown[]): unknown => {
    if (state.away) throw new Error("connect ECONNREFUSED");
    const [first] = params;
    if (method === "eth_blockNumber") return numberToHex(state.head);
    if (method === "eth_getBlockByNumber") {
      if (first !== "finalized") return Number(first) <= state.head ? blockOf(Number(first)) : null;
      if (state.refusal !== null) throw state.refusal;
      if (state.finalised === null) throw new Error("finalized block not found");
      return blockOf(state.finalised);
    }
    if (method === "eth_getLogs") {
      const { fromBlock, toBlock } = first as { fromBlock: Hex; toBlock: Hex };
      state.asked.push({ from: Number(fromBlock), to: Number(toBlock) });
      return state.entries.filter(({ block }) => block >= Number(fromBlock) && block <= Number(toBlock)).map(logOf);
    }
    if (method === "eth_call") {
      const { to, data } = first as { to: Address; data: Hex };
      if (to.toLowerCase() === factory.toLowerCase()) {
        return encodeFunctionResult({ abi: contestFactoryAbi, functionName: "isContest", result: state.ours });
      }
      const { args } = decodeFunctionData({ abi: contestAbi, data });
      const entry = state.entries.find(({ id }) => id === Number(args?.[0]));
      const result = {
        author: contest,
        modelSize: 7,
        status: entry?.status ?? 0,
        bondHeld: true,
        identity: pad("0x1", { size: 32 }),
      };
      return encodeFunctionResult({ abi: contestAbi, functionName: "entry", result });
    }
    throw new Error(`unexpected ${method}`);
  };

  const logOf = ({ id, block }: { id: number; block: number }) => ({
    address: contest,
    topics: encodeEventTopics({
      abi: contestAbi,
      eventName: "EntrySubmitted",
      args: { entryId: BigInt(id), author: contest },
    }),
    data: encodeAbiParameters(
      [{ type: "bytes32" }, { type: "bytes32" }, { type: "bytes32" }, { type: "uint48" }, { type: "string" }],
      [pad("0x1", { size: 32 }), pad("0x2", { size: 32 }), pad("0x3", { size: 32 }), 7, "https://example.org/x.json"],
    ),
    blockNumber: numberToHex(block),
    blockHash: hashOf(block),
    transactionHash: hashOf(block),
    transactionIndex: "0x0",
    logIndex: numberToHex(id),
    removed: false,
  });

  const client = createPublicClient({
    cacheTime: 0,
    transport: custom(
      {
        request: async ({ method, params }: { method: string; params?: readonly unknown[] }) =>
          answer(method, params ?? []),
      },
      { retryCount: 0 },
    ),
  });
  return { state, read: createEntryReader({ client, contest, factory, fromBlock: 1n, depth: 20n }) };
}

const idsOf = async (read: ReturnType<typeof createEntryReader>) =>
  (await read()).entries.map(({ entryId }) => entryId);

describe("reading a contest's entries", () => {
  test("tells only of finalised blocks", async () => {
    const { state, read } = createFakeChain();
    state.entries = [
      { id: 1, block: 50, status: 1 },
      { id: 2, block: 90, status: 2 },
      { id: 3, block: 91, status: 1 },
    ];
    expect(await read()).toMatchObject({
      block: 90,
      entries: [{ entryId: 1, contest: contest.toLowerCase(), modelSize: 7 }, { entryId: 2 }],
    });
    state.finalised = 91;
    expect(await idsOf(read)).toEqual([1, 2, 3]);
  });

  test("keeps its distance from the head where the chain knows no finality", async () => {
    const { state, read } = createFakeChain();
    state.finalised = null;
    state.entries = [
      { id: 1, block: 80, status: 1 },
      { id: 2, block: 81, status: 1 },
    ];
    expect(await read()).toMatchObject({ block: 80, entries: [{ entryId: 1 }] });
  });

  test.each([
    Object.assign(new Error("invalid argument 0: hex string without 0x prefix"), { code: -32602 }),
    Object.assign(new Error("Unknown block"), { code: -39001 }),
    Object.assign(new Error("unsupported block tag finalized"), { code: -32000 }),
  ])("takes %s for a chain without finality", async (refusal) => {
    const { state, read } = createFakeChain();
    state.refusal = refusal;
    expect(await read()).toMatchObject({ block: 80 });
  });

  test.each([
    new HttpRequestError({ url: "http://rpc.test", status: 429, details: "Too Many Requests" }),
    Object.assign(new Error("rate limit exceeded"), { code: -32005 }),
    Object.assign(new Error("internal error"), { code: -32603 }),
    new Error("socket hang up"),
  ])("reads no block that may still change when the endpoint only says %s", async (refusal) => {
    const { state, read } = createFakeChain();
    state.refusal = refusal;
    await expect(read()).rejects.toThrow();
    state.refusal = null;
    expect(await read()).toMatchObject({ block: 90 });
  });

  test("never takes less than finality from a chain that had it", async () => {
    const { state, read } = createFakeChain();
    expect(await read()).toMatchObject({ block: 90 });
    Object.assign(state, { head: 200, finalised: null });
    await expect(read()).rejects.toThrow();
    state.finalised = 91;
    expect(await read()).toMatchObject({ block: 91 });
  });

  test("asks for no block twice, and in spans that endpoints answer", async () => {
    const { state, read } = createFakeChain();
    Object.assign(state, { head: 25_000, finalised: 24_000 });
    await read();
    expect(state.asked).toEqual([
      { from: 1, to: 10_000 },
      { from: 10_001, to: 20_000 },
      { from: 20_001, to: 24_000 },
    ]);
    state.finalised = 24_002;
    await read();
    expect(state.asked.slice(3)).toEqual([{ from: 24_001, to: 24_002 }]);
  });

  test("leaves out what was retracted or removed", async () => {
    const { state, read } = createFakeChain();
    state.entries = [1, 2, 3, 4].map((status) => ({ id: status, block: 10, status }));
    expect(await idsOf(read)).toEqual([1, 2]);
    state.entries = state.entries.map((entry) => ({ ...entry, status: 4 }));
    expect(await idsOf(read)).toEqual([]);
  });

  test("begins again on another chain at the same address", async () => {
    const { state, read } = createFakeChain();
    state.entries = [{ id: 1, block: 50, status: 1 }];
    expect(await idsOf(read)).toEqual([1]);
    Object.assign(state, { salt: 2, entries: [{ id: 7, block: 20, status: 1 }] });
    expect(await idsOf(read)).toEqual([7]);
    Object.assign(state, { salt: 3, head: 30, finalised: 30, entries: [{ id: 8, block: 20, status: 1 }] });
    expect(await idsOf(read)).toEqual([8]);
  });

  test("refuses a contest that the factory did not make", async () => {
    const { state, read } = createFakeChain();
    state.ours = false;
    await expect(read()).rejects.toThrow("is no contest of the factory");
  });

  test("throws when the chain is away, and goes on when it is back", async () => {
    const { state, read } = createFakeChain();
    state.entries = [{ id: 1, block: 50, status: 1 }];
    expect(await idsOf(read)).toEqual([1]);
    state.away = true;
    await expect(read()).rejects.toThrow();
    state.away = false;
    expect(await idsOf(read)).toEqual([1]);
  });
});
