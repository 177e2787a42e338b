import type { Log } from "ethers";
import type { RegistryEvent } from "./registryEvent.ts";
import { registryInterface } from "./registryInterface.ts";

/** Turns a registry's logs into events, in the order given. What has no word here stays visible as `unknown`. */
export function registryEventsOf(
  logs: readonly Pick<Log, "topics" | "data" | "blockNumber" | "index">[],
): RegistryEvent[] {
  return logs.map((log) => {
    const place = { block: log.blockNumber, index: log.index };
    const parsed = registryInterface.parseLog(log);
    const unknown: RegistryEvent = { ...place, kind: "unknown", topic: log.topics[0] ?? "none" };
    if (parsed === null) return unknown;
    const a = parsed.args;
    switch (parsed.name) {
      case "NodeRegistered":
        return { ...place, kind: "registered", node: lower(a.node), endpoint: a.endpoint, stake: a.stake };
      case "KeyAdded":
        return { ...place, kind: "keyAdded", node: lower(a.node), key: lower(a.key) };
      case "StakeSet":
        return { ...place, kind: "stakeSet", node: lower(a.node), stake: a.stake };
      case "EndpointSet":
        return { ...place, kind: "endpointSet", node: lower(a.node), endpoint: a.endpoint };
      case "Attested":
        return { ...place, kind: "attested", node: lower(a.node), key: lower(a.key), epoch: a.epoch };
      case "NodeLeaving":
        return { ...place, kind: "leaving", node: lower(a.node), leavesAt: a.leavesAt };
      case "NodeSlashed":
        return {
          ...place,
          kind: "slashed",
          node: lower(a.node),
          contest: lower(a.contest),
          entryId: a.entryId,
          fault: Number(a.fault),
          evidence: a.evidence,
          bringer: lower(a.bringer),
          amount: a.amount,
          reward: a.reward,
        };
      case "BlockChallenged":
        return {
          ...place,
          kind: "challenged",
          challengeId: a.challengeId,
          node: lower(a.node),
          contest: lower(a.contest),
          entryId: a.entryId,
          blockIndex: a.index,
          challenger: lower(a.challenger),
          bond: a.bond,
          answerBy: a.answerBy,
        };
      case "BlockAnswered":
        return { ...place, kind: "answered", challengeId: a.challengeId, node: lower(a.node) };
      case "BlockExpired":
        return { ...place, kind: "expired", challengeId: a.challengeId, node: lower(a.node) };
      case "Credited":
        return { ...place, kind: "credited", account: lower(a.account), token: lower(a.token), amount: a.amount };
      case "Collected":
        return { ...place, kind: "collected", account: lower(a.account), token: lower(a.token), amount: a.amount };
      case "Burned":
        return { ...place, kind: "burned", amount: a.amount };
      default:
        return unknown;
    }
  });
}

function lower(address: string): string {
  return address.toLowerCase();
}
