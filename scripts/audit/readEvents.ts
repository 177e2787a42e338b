import type { Log } from "ethers";
import type { ContestEvent } from "./contestEvent.ts";
import { contestInterface } from "./contestInterface.ts";

/** Turns logs into events, in the order given. What this auditor has no word for stays visible as `unknown`. */
export function eventsOf(logs: readonly Pick<Log, "topics" | "data" | "blockNumber" | "index">[]): ContestEvent[] {
  return logs.map((log) => {
    const place = { block: log.blockNumber, index: log.index };
    const parsed = contestInterface.parseLog(log);
    const unknown: ContestEvent = { ...place, kind: "unknown", topic: log.topics[0] ?? "none" };
    if (parsed === null) return unknown;
    const a = parsed.args;
    switch (parsed.name) {
      case "EntrySubmitted":
        return {
          ...place,
          kind: "submitted",
          entryId: a.entryId,
          author: lower(a.author),
          manifestHash: a.manifestHash,
          modelSha256: a.modelSha256,
          modelRoot: a.modelRoot,
          modelSize: a.modelSize,
        };
      case "EntryRetracted":
        return { ...place, kind: "retracted", entryId: a.entryId, returned: a.returned, burned: a.burned };
      case "EntryChallenged":
        return {
          ...place,
          kind: "challenged",
          entryId: a.entryId,
          challengeId: a.challengeId,
          challenger: lower(a.challenger),
          disputeId: a.disputeId,
          reason: a.evidenceURI,
        };
      case "EntryRuled":
        return {
          ...place,
          kind: "ruled",
          entryId: a.entryId,
          challengeId: a.challengeId,
          ruling: a.ruling,
          lapsed: a.lapsed,
        };
      case "Ruling":
        return { ...place, kind: "ruling", arbitrator: lower(a.arbitrator), disputeId: a.disputeID, ruling: a.ruling };
      case "MetaEvidence":
        return { ...place, kind: "metaEvidence" };
      case "Dispute":
        return {
          ...place,
          kind: "dispute",
          arbitrator: lower(a.arbitrator),
          disputeId: a.disputeID,
          challengeId: a.evidenceGroupID,
        };
      case "Evidence":
        return {
          ...place,
          kind: "evidence",
          arbitrator: lower(a.arbitrator),
          challengeId: a.evidenceGroupID,
          party: lower(a.party),
        };
      case "OrderSkipped":
        return { ...place, kind: "orderSkipped", voter: lower(a.voter), entryId: a.entryId, nonce: a.nonce };
      case "OrdersCancelled":
        return { ...place, kind: "ordersCancelled", voter: lower(a.voter), entryId: a.entryId, mask: a.mask };
      case "PersonBound":
        return { ...place, kind: "bound", wallet: lower(a.wallet), nullifier: a.nullifier };
      case "StakeChanged":
        return {
          ...place,
          kind: "stake",
          voter: lower(a.voter),
          entryId: a.entryId,
          stake: a.stake,
          weight: a.weight,
          entryWeight: a.entryWeight,
          timestamp: a.timestamp,
        };
      case "PotFunded":
        return { ...place, kind: "funded", funder: lower(a.funder), amount: a.amount, pot: a.pot };
      case "Counted":
        return { ...place, kind: "counted", upTo: a.upTo };
      case "Finalized":
        return { ...place, kind: "finalized", entryIds: idsIn(a.ranks), pot: a.pot, unheld: a.unheld };
      case "PrizeClaimed":
        return { ...place, kind: "claimed", rank: a.rank, entryId: a.entryId, to: lower(a.to), amount: a.amount };
      case "Reclaimed":
        return { ...place, kind: "reclaimed", funder: lower(a.funder), amount: a.amount };
      case "Credited":
        return { ...place, kind: "credited", account: lower(a.account), token: lower(a.token), amount: a.amount };
      case "Collected":
        return { ...place, kind: "collected", account: lower(a.account), token: lower(a.token), amount: a.amount };
      default:
        return unknown;
    }
  });
}

/** Ten ids of 16 bits, the first one lowest. */
function idsIn(ranks: bigint): bigint[] {
  return Array.from({ length: 10 }, (_, i) => (ranks >> BigInt(16 * i)) % 65_536n);
}

function lower(address: string): string {
  return address.toLowerCase();
}
