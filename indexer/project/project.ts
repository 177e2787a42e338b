import type { ChainEvent } from "../decode/events.ts";
import { projectChallenge, projectEvidence, projectRuling } from "./challenges.ts";
import type { Change, Position, State } from "./change.ts";
import { put } from "./change.ts";
import { projectRetraction, projectSubmission } from "./entries.ts";
import { happened } from "./happened.ts";
import { contestAt, walletAt } from "./lookups.ts";
import {
  projectAttestation,
  projectBlockChallenge,
  projectBlockOutcome,
  projectKey,
  projectNode,
  projectRegistration,
  projectSlash,
} from "./nodes.ts";
import {
  projectClaim,
  projectCollection,
  projectCount,
  projectCredit,
  projectFunding,
  projectRefund,
  projectResult,
} from "./prizes.ts";
import { projectStake } from "./stakes.ts";
import { contests, wallets } from "./tables.ts";

/**
 * The fold: what an event changes, given the state before it. Pure; events must come in the order of their blocks and
 * log indexes, each once. Throws `InconsistentLogsError` when an event breaks a promise of the contracts.
 */
export function project(state: State, at: Position, event: ChainEvent): Change[] {
  switch (event.name) {
    case "ContestCreated":
      return projectContest(at, event);
    case "EntrySubmitted":
      return projectSubmission(state, at, event);
    case "EntryRetracted":
      return projectRetraction(state, at, event);
    case "EntryChallenged":
      return projectChallenge(state, at, event);
    case "Evidence":
      return projectEvidence(state, at, event);
    case "EntryRuled":
      return projectRuling(state, at, event);
    case "PersonBound":
      contestAt(state, at);
      return [
        put(wallets, { ...walletAt(state, at.emitter, event.wallet), nullifier: event.nullifier }),
        happened(at, { kind: "bound", account: event.wallet }),
      ];
    case "StakeChanged":
      return projectStake(state, at, event);
    case "PotFunded":
      return projectFunding(state, at, event);
    case "Counted":
      return projectCount(state, at, event);
    case "Finalized":
      return projectResult(state, at, event);
    case "PrizeClaimed":
      return projectClaim(at, event);
    case "Reclaimed":
      return projectRefund(state, at, event);
    case "Credited":
      return projectCredit(state, at, event);
    case "Collected":
      return projectCollection(state, at, event);
    case "NodeRegistered":
      return projectRegistration(at, event);
    case "KeyAdded":
      return projectKey(at, event);
    case "StakeSet":
    case "EndpointSet":
    case "NodeLeaving":
      return projectNode(state, at, event);
    case "Attested":
      return projectAttestation(state, at, event);
    case "NodeSlashed":
      return projectSlash(state, at, event);
    case "BlockChallenged":
      return projectBlockChallenge(state, at, event);
    case "BlockAnswered":
      return projectBlockOutcome(state, at, event, "answered");
    case "BlockExpired":
      return projectBlockOutcome(state, at, event, "expired");
  }
}

function projectContest(at: Position, event: Extract<ChainEvent, { name: "ContestCreated" }>): Change[] {
  return [
    put(contests, {
      contest: event.contest,
      creator: event.creator,
      createdBlock: at.block,
      createdLogIndex: at.logIndex,
      rules: event.rules,
      entryCount: 0,
      liveCount: 0,
      voters: 0,
      pot: 0n,
      counted: 0,
      finalBlock: null,
      finalRanks: null,
      unheld: 0n,
    }),
  ];
}
