import type { EventOf } from "../decode/events.ts";
import type { Change, Position, State } from "./change.ts";
import { put } from "./change.ts";
import { happened } from "./happened.ts";
import { InconsistentLogsError } from "./InconsistentLogsError.ts";
import { contestAt, entryAt } from "./lookups.ts";
import { contests, entries } from "./tables.ts";

export function projectSubmission(state: State, at: Position, event: EventOf<"EntrySubmitted">): Change[] {
  const contest = contestAt(state, at);
  if (event.entryId !== contest.entryCount + 1) {
    throw new InconsistentLogsError(at, `entry ${event.entryId} follows entry ${contest.entryCount}`);
  }
  const { name: _, ...submitted } = event;
  return [
    put(contests, { ...contest, entryCount: event.entryId, liveCount: contest.liveCount + 1 }),
    put(entries, {
      contest: at.emitter,
      ...submitted,
      submittedBlock: at.block,
      status: "live",
      removedBlock: null,
      weight: 0n,
      acc: 0n,
      last: 0,
      staked: 0n,
      support: 0n,
      voters: 0,
    }),
    happened(at, { kind: "submitted", entryId: event.entryId, account: event.author }),
  ];
}

export function projectRetraction(state: State, at: Position, event: EventOf<"EntryRetracted">): Change[] {
  const contest = contestAt(state, at);
  const entry = entryAt(state, at, event.entryId);
  return [
    put(contests, { ...contest, liveCount: contest.liveCount - 1 }),
    put(entries, { ...entry, status: "retracted" }),
    happened(at, { kind: "retracted", entryId: event.entryId, account: entry.author }),
  ];
}
