import type { EventOf } from "../decode/events.ts";
import type { Change, Position, State } from "./change.ts";
import { put } from "./change.ts";
import { happened } from "./happened.ts";
import { InconsistentLogsError } from "./InconsistentLogsError.ts";
import { contestAt, entryAt } from "./lookups.ts";
import { challenges, contests, entries, evidence } from "./tables.ts";

const INELIGIBLE = 2;

/**
 * The entry waits for a ruling and takes part as before. An arbitrator may open other challenges in the middle of one,
 * so their ids need not come in order.
 */
export function projectChallenge(state: State, at: Position, event: EventOf<"EntryChallenged">): Change[] {
  const { name: _, entryId, challengeId, challenger, ...told } = event;
  const entry = entryAt(state, at, entryId);
  if (entry.status !== "live" || state.get(challenges, [at.emitter, challengeId]) !== undefined) {
    throw new InconsistentLogsError(at, `challenge ${challengeId} of entry ${entryId}, which is ${entry.status}`);
  }
  return [
    put(entries, { ...entry, status: "challenged" }),
    put(challenges, {
      contest: at.emitter,
      challengeId,
      entryId,
      challenger,
      ...told,
      openedBlock: at.block,
      ruling: null,
      lapsed: null,
      closedBlock: null,
    }),
    happened(at, {
      kind: "challenged",
      entryId,
      account: challenger,
      number: challengeId,
      evidenceURI: told.evidenceURI,
    }),
  ];
}

/** Evidence can come before its challenge: the challenger's own does, in the same transaction. */
export function projectEvidence(state: State, at: Position, event: EventOf<"Evidence">): Change[] {
  const { challengeId, party, evidenceURI } = event;
  const { block, logIndex } = at;
  const kept = put(evidence, {
    contest: contestAt(state, at).contest,
    challengeId,
    block,
    logIndex,
    party,
    evidenceURI,
  });
  const challenge = state.get(challenges, [at.emitter, challengeId]);
  if (challenge === undefined) return [kept];
  const { entryId } = challenge;
  return [kept, happened(at, { kind: "evidence", entryId, account: party, number: challengeId, evidenceURI })];
}

/** Ruling 2 removes the entry for ever; every other one leaves it as it was. */
export function projectRuling(state: State, at: Position, event: EventOf<"EntryRuled">): Change[] {
  const { entryId, challengeId, ruling } = event;
  const contest = contestAt(state, at);
  const entry = entryAt(state, at, entryId);
  const challenge = state.get(challenges, [at.emitter, challengeId]);
  if (challenge === undefined || challenge.entryId !== entryId || challenge.ruling !== null) {
    throw new InconsistentLogsError(at, `a ruling on challenge ${challengeId} of entry ${entryId}, which is not open`);
  }
  const lapsed = Number(event.lapsed);
  const changes = [
    put(challenges, { ...challenge, ruling, lapsed, closedBlock: at.block }),
    happened(at, { kind: "ruled", entryId, number: challengeId, ruling, lapsed }),
  ];
  if (ruling !== INELIGIBLE) return [...changes, put(entries, { ...entry, status: "live" })];
  return [
    ...changes,
    put(entries, { ...entry, status: "removed", removedBlock: at.block }),
    put(contests, { ...contest, liveCount: contest.liveCount - 1 }),
  ];
}
