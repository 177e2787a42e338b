import { type Abi, decodeFunctionResult, encodeFunctionData, type Hex } from "viem";
import { expect, test } from "vitest";
import type { ContestView } from "#protocol/http.ts";
import { dropCoins } from "../../../app/transactions/dropCoins.ts";
import type { Call, Hands } from "../../../app/transactions/transaction.ts";

const contest = `0x${"0c".repeat(20)}` as const;
const coin = `0x${"c0".repeat(20)}` as const;
const account = `0x${"aa".repeat(20)}` as const;
const view = { address: contest, coin: { address: coin, symbol: "DROP", decimals: 18 } } as unknown as ContestView;
const single: Hex = `0x${"11".repeat(32)}${"22".repeat(32)}1b`;

/** A coin with a permit and a wallet that signs so; what was sent before the act is kept. */
async function dropped({ code, signature = single }: { readonly code?: Hex; readonly signature?: Hex }) {
  const before: Call[] = [];
  let signed = 0;
  const answers: Readonly<Record<string, unknown>> = {
    allowance: 0n,
    nonces: 0n,
    eip712Domain: ["0x0f", "Drop", "1", 31_337n, coin, `0x${"00".repeat(32)}`, []],
  };
  const hands: Hands = {
    account,
    chainId: 31_337,
    now: 1_000,
    read: async ({ functionName }) => answers[functionName],
    code: async () => code,
    sign: async () => {
      signed += 1;
      return signature;
    },
    before: async (call) => void before.push(call),
  };
  const call = await dropCoins({ contest: view, entryId: 2, entry: "haiku", amount: 5n }).call(hands);
  return { call, before, signed };
}

test("a wallet with one key drops with a permit, in one transaction", async () => {
  for (const code of [undefined, "0x", `0xef0100${"ab".repeat(20)}`] as const) {
    const { call, before } = await dropped(code === undefined ? {} : { code });
    expect(before).toEqual([]);
    expect(call.functionName).toBe("dropWithPermit");
    expect(call.args).toEqual([2n, 5n, 2_200n, 27, `0x${"11".repeat(32)}`, `0x${"22".repeat(32)}`]);
  }
});

test("a wallet that is a contract allows the amount first and is asked for no permit", async () => {
  const { call, before, signed } = await dropped({ code: "0x6080604052" });
  expect(signed).toBe(0);
  expect(before.map(({ address, functionName, args }) => [address, functionName, args])).toEqual([
    [coin, "approve", [contest, 5n]],
  ]);
  expect([call.functionName, call.args]).toEqual(["drop", [2n, 5n]]);
});

test("a signature that no permit takes leads to allowing first", async () => {
  for (const signature of ["0x", `0x${"11".repeat(64)}`, `0x${"11".repeat(96)}`, `0x${"11".repeat(64)}ff`] as const) {
    const { call, before } = await dropped({ signature });
    expect(before).toHaveLength(1);
    expect(call.functionName).toBe("drop");
  }
});

test("a coin whose approve answers nothing, or something, can be allowed", async () => {
  const { before } = await dropped({ signature: "0x" });
  const approve = before[0] as Call;
  const asked = { abi: approve.abi as Abi, functionName: approve.functionName };
  expect(encodeFunctionData({ ...asked, args: approve.args })).toBe(
    `0x095ea7b3${contest.slice(2).padStart(64, "0")}${"5".padStart(64, "0")}`,
  );
  for (const data of ["0x", `0x${"1".padStart(64, "0")}`] as const)
    expect(decodeFunctionResult({ ...asked, data })).toBeUndefined();
});
