import { expect, test } from "vitest";
import { joinEndpoints } from "../../../indexer/chain/endpoints.ts";
import { createNotices } from "../../../indexer/chain/notices.ts";
import type { Middleman } from "../../support/rpcServer.ts";
import { createScriptedChain } from "../../support/scriptedChain.ts";
import { CONTEST } from "../../support/scriptedLogs.ts";
import { scriptedRpc } from "../../support/scriptedRpc.ts";

test("one log of which two endpoints say something else is taken from neither", async () => {
  const chain = createScriptedChain({ entries: 1, finality: undefined });
  chain.mine([{ voter: 1, entryId: 1, stake: 5n }]);
  const lie: Middleman = async ({ method }, proceed) => {
    const answer = await proceed();
    if (method !== "eth_getLogs") return answer;
    const zeros = "0".repeat(62);
    return (answer as { data: string }[]).map((log) => ({ ...log, data: `0x${zeros}07${log.data.slice(66)}` }));
  };
  const notices = createNotices();
  const rpc = joinEndpoints([scriptedRpc(chain, lie), scriptedRpc(chain)], notices);
  await expect(rpc.logs({ addresses: [CONTEST], from: 2, to: 2 })).rejects.toThrow("do not agree on a log of block 2");
  expect(notices.disagreements).toBe(1);
});
