import type { Hex } from "viem";
import type { Position, State } from "./change.ts";
import { InconsistentLogsError } from "./InconsistentLogsError.ts";
import type { ContestRow, EntryRow } from "./tables.ts";
import { contests, entries, wallets } from "./tables.ts";

/** The contest that emitted an event. */
export function contestAt(state: State, at: Position): ContestRow {
  const contest = state.get(contests, [at.emitter]);
  if (contest === undefined) throw new InconsistentLogsError(at, "an event of a contest whose creation is missing");
  return contest;
}

/** An entry of the contest that emitted an event. */
export function entryAt(state: State, at: Position, entryId: number): EntryRow {
  const entry = state.get(entries, [at.emitter, entryId]);
  if (entry === undefined) throw new InconsistentLogsError(at, `entry ${entryId} was never submitted`);
  return entry;
}

/** A wallet in a contest; one that did nothing yet is empty. */
export function walletAt(state: State, contest: Hex, wallet: Hex) {
  return state.get(wallets, [contest, wallet]) ?? { contest, wallet, nullifier: null, staked: 0, funded: 0n };
}
