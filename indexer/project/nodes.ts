import type { Hex } from "viem";
import type { EventOf } from "../decode/events.ts";
import type { Change, Position, State } from "./change.ts";
import { put } from "./change.ts";
import { InconsistentLogsError } from "./InconsistentLogsError.ts";
import type { NodeRow } from "./tables.ts";
import { attestations, blockChallenges, nodeKeys, nodes, slashings } from "./tables.ts";

export function projectRegistration(at: Position, event: EventOf<"NodeRegistered">): Change[] {
  const { node, endpoint, stake } = event;
  return [put(nodes, { node, endpoint, stake, leavesAt: null, registeredBlock: at.block })];
}

export function projectKey(at: Position, event: EventOf<"KeyAdded">): Change[] {
  return [put(nodeKeys, { node: event.node, key: event.key, addedBlock: at.block, addedLogIndex: at.logIndex })];
}

type NodeEvent = EventOf<"StakeSet" | "EndpointSet" | "NodeLeaving">;

/** What changes on the node's own row. */
export function projectNode(state: State, at: Position, event: NodeEvent): Change[] {
  const node = nodeAt(state, at, event.node);
  switch (event.name) {
    case "StakeSet":
      return [put(nodes, { ...node, stake: event.stake })];
    case "EndpointSet":
      return [put(nodes, { ...node, endpoint: event.endpoint })];
    case "NodeLeaving":
      return [put(nodes, { ...node, leavesAt: event.leavesAt })];
  }
}

/** Keeps a node's newest attestation for an entry; whether it is true is seen by comparing it with the entry. */
export function projectAttestation(state: State, at: Position, event: EventOf<"Attested">): Change[] {
  nodeAt(state, at, event.node);
  const { name: _, entryId, epoch, ...signed } = event;
  return [put(attestations, { ...signed, entryId: entryId.toString(), epoch: Number(epoch), block: at.block })];
}

/** What is left of the stake is told by a `StakeSet` before it. */
export function projectSlash(state: State, at: Position, event: EventOf<"NodeSlashed">): Change[] {
  nodeAt(state, at, event.node);
  const { name: _, ...told } = event;
  return [put(slashings, { ...told, block: at.block, logIndex: at.logIndex })];
}

export function projectBlockChallenge(state: State, at: Position, event: EventOf<"BlockChallenged">): Change[] {
  nodeAt(state, at, event.node);
  const { name: _, challengeId, ...told } = event;
  return [
    put(blockChallenges, { challengeId: challengeId.toString(), ...told, openedBlock: at.block, outcome: "open" }),
  ];
}

type Closing = { readonly challengeId: bigint; readonly node: Hex };

export function projectBlockOutcome(
  state: State,
  at: Position,
  { challengeId, node }: Closing,
  outcome: "answered" | "expired",
): Change[] {
  const challenge = state.get(blockChallenges, [challengeId.toString()]);
  if (challenge?.outcome !== "open" || challenge.node !== node) {
    throw new InconsistentLogsError(at, `block challenge ${challengeId} of ${node} was ${outcome} and is not open`);
  }
  return [put(blockChallenges, { ...challenge, outcome })];
}

function nodeAt(state: State, at: Position, address: Hex): NodeRow {
  const node = state.get(nodes, [address]);
  if (node === undefined) throw new InconsistentLogsError(at, `node ${address} was never registered`);
  return node;
}
