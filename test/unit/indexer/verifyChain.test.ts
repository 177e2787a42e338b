import { encodeFunctionResult } from "viem";
import { expect, test } from "vitest";
import { nodeRegistryAbi } from "#protocol/abi.ts";
import { verifyChain } from "../../../indexer/chain/verifyChain.ts";
import type { Middleman } from "../../support/rpcServer.ts";
import { createScriptedChain } from "../../support/scriptedChain.ts";
import { addressOf, CHAIN_ID, FACTORY, REGISTRY } from "../../support/scriptedLogs.ts";
import { scriptedRpc } from "../../support/scriptedRpc.ts";

const chain = createScriptedChain({ entries: 1, finality: undefined });
const verify = (between?: Middleman, chainId: number | undefined = undefined) =>
  verifyChain({
    ...{ rpc: scriptedRpc(chain, between), factory: FACTORY, nodeRegistry: REGISTRY },
    ...{ chainId, stored: undefined, file: "index.sqlite" },
  });

test("the contracts are taken where they belong together", async () => {
  expect(await verify()).toMatchObject({
    chainId: CHAIN_ID,
    factory: FACTORY,
    nodeRegistry: REGISTRY,
    minStake: "200",
  });
});

test("a registry that belongs to another factory is refused, with both", async () => {
  const other = addressOf(0xf1);
  const elsewhere: Middleman = async ({ method, params }, proceed) => {
    const [call] = (params ?? []) as [{ readonly to: string; readonly data: string }];
    const answer = (await proceed()) as string;
    const names = method === "eth_call" && call.to === REGISTRY && answer.endsWith(FACTORY.slice(2));
    return names ? encodeFunctionResult({ abi: nodeRegistryAbi, functionName: "factory", result: other }) : answer;
  };
  await expect(verify(elsewhere)).rejects.toThrow(
    `The node registry at ${REGISTRY} belongs to the factory ${other}, not to ${FACTORY}.`,
  );
});

test("an endpoint on another chain than asked for is refused", async () => {
  await expect(verify(undefined, 1)).rejects.toThrow(`The endpoint is on chain ${CHAIN_ID}, not on 1.`);
});
