import { type Address, encodeEventTopics, formatLog, numberToHex, parseEventLogs } from "viem";
import type { AppConfig } from "#protocol/config.ts";
import { semaphoreAbi } from "#protocol/personhoodAbi.ts";
import { chainClient } from "../chain/client.ts";
import { groupMembers } from "./groupMembers.ts";

const CHANGES = ["MemberAdded", "MembersAdded", "MemberUpdated", "MemberRemoved"] as const;

/** The leaves of a Semaphore group's tree, read from the chain's own events, by index. Nobody is told who asks for whom. */
export async function readMembers(
  config: AppConfig,
  { semaphore, groupId }: { readonly semaphore: Address; readonly groupId: bigint },
): Promise<readonly bigint[]> {
  const signatures = CHANGES.flatMap((eventName) => encodeEventTopics({ abi: semaphoreAbi, eventName }));
  const logs = await chainClient(config).request({
    method: "eth_getLogs",
    params: [
      {
        address: semaphore,
        fromBlock: "0x0",
        toBlock: "latest",
        topics: [signatures.filter((topic) => typeof topic === "string"), numberToHex(groupId, { size: 32 })],
      },
    ],
  });
  const changes = parseEventLogs({
    abi: semaphoreAbi,
    eventName: [...CHANGES],
    logs: logs.map((log) => formatLog(log)),
  });
  return groupMembers(changes);
}
