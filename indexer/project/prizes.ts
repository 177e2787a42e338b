import type { EventOf } from "../decode/events.ts";
import type { Change, Position, State } from "./change.ts";
import { put } from "./change.ts";
import { happened } from "./happened.ts";
import { InconsistentLogsError } from "./InconsistentLogsError.ts";
import { contestAt, walletAt } from "./lookups.ts";
import { claims, contests, credits, wallets } from "./tables.ts";

export function projectFunding(state: State, at: Position, event: EventOf<"PotFunded">): Change[] {
  const contest = contestAt(state, at);
  const wallet = walletAt(state, at.emitter, event.funder);
  if (event.pot !== contest.pot + event.amount) {
    throw new InconsistentLogsError(at, "the pot is not the sum of what was put into it");
  }
  return [
    put(contests, { ...contest, pot: event.pot }),
    put(wallets, { ...wallet, funded: wallet.funded + event.amount }),
    happened(at, { kind: "funded", account: event.funder, amount: event.amount }),
  ];
}

export function projectCount(state: State, at: Position, event: EventOf<"Counted">): Change[] {
  const contest = contestAt(state, at);
  return [put(contests, { ...contest, counted: event.upTo }), happened(at, { kind: "counted", number: event.upTo })];
}

export function projectResult(state: State, at: Position, event: EventOf<"Finalized">): Change[] {
  const contest = contestAt(state, at);
  const final = { finalBlock: at.block, finalRanks: event.entryIds, pot: event.pot, unheld: event.unheld };
  return [put(contests, { ...contest, ...final }), happened(at, { kind: "finalized" })];
}

export function projectClaim(at: Position, event: EventOf<"PrizeClaimed">): Change[] {
  const { rank, entryId, to, amount } = event;
  return [
    put(claims, { contest: at.emitter, rank, entryId, to, amount }),
    happened(at, { kind: "claimed", entryId, account: to, amount, number: rank }),
  ];
}

export function projectCredit(state: State, at: Position, event: EventOf<"Credited">): Change[] {
  const { account, token } = event;
  const before = state.get(credits, [at.emitter, account, token])?.amount ?? 0n;
  return [put(credits, { contest: at.emitter, account, token, amount: before + event.amount })];
}

/** A funder's share of what nobody holds; it follows from the result. */
export function projectRefund(state: State, at: Position, event: EventOf<"Reclaimed">): Change[] {
  const contest = contestAt(state, at);
  const wallet = walletAt(state, at.emitter, event.funder);
  const share = contest.pot === 0n ? 0n : (wallet.funded * contest.unheld) / contest.pot;
  if (contest.finalBlock === null || event.amount !== share) {
    throw new InconsistentLogsError(at, `${event.funder} reclaimed ${event.amount}, and its share was ${share}`);
  }
  return [put(wallets, { ...wallet, funded: 0n })];
}

/** A payment of all that was credited. */
export function projectCollection(state: State, at: Position, event: EventOf<"Collected">): Change[] {
  const { account, token, amount } = event;
  const credited = state.get(credits, [at.emitter, account, token])?.amount ?? 0n;
  if (amount !== credited) {
    throw new InconsistentLogsError(at, `${account} collected ${amount}, and ${credited} was credited`);
  }
  return [put(credits, { contest: at.emitter, account, token, amount: 0n })];
}
