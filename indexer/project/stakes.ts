import type { Tally } from "#protocol/tally.ts";
import { reweighTally } from "#protocol/tally.ts";
import type { EventOf } from "../decode/events.ts";
import type { Change, Position, State } from "./change.ts";
import { put } from "./change.ts";
import { InconsistentLogsError } from "./InconsistentLogsError.ts";
import { contestAt, entryAt, walletAt } from "./lookups.ts";
import { activity, contests, entries, stakes, wallets } from "./tables.ts";

/** Folds one change of a stake into the entry's tally, the voter's stake and the counts of voters. */
export function projectStake(state: State, at: Position, event: EventOf<"StakeChanged">): Change[] {
  const contest = contestAt(state, at);
  const entry = entryAt(state, at, event.entryId);
  const wallet = walletAt(state, at.emitter, event.voter);
  const before = state.get(stakes, [at.emitter, event.voter, event.entryId]);
  const stakeBefore = before?.stake ?? 0n;
  const weightBefore = before?.weight ?? 0n;

  if (event.timestamp !== at.timestamp) throw new InconsistentLogsError(at, "a stake carries another block's time");
  if (entry.weight - weightBefore + event.weight !== event.entryWeight) {
    throw new InconsistentLogsError(at, `the weights on entry ${event.entryId} do not sum to what the contract says`);
  }

  const window = { countFrom: BigInt(contest.rules.countFrom), votesClose: BigInt(contest.rules.votesClose) };
  const tallyBefore: Tally = {
    weight: entry.weight,
    acc: entry.acc,
    last: BigInt(entry.last),
    status: entry.status,
  };
  const tally = reweighTally(tallyBefore, event.entryWeight, BigInt(event.timestamp), window);
  const joined = Number(event.stake > 0n) - Number(stakeBefore > 0n);
  const support = (stake: bigint, weight: bigint) => (weight === 0n ? stake : 0n);
  const last = Number(tally.last);
  const staked = entry.staked - stakeBefore + event.stake;
  const supported = entry.support - support(stakeBefore, weightBefore) + support(event.stake, event.weight);
  const voters = entry.voters + joined;
  const stakedOn = wallet.staked + joined;
  const difference = event.stake - stakeBefore;

  // Every column by its name, not by spreading rows: a sync does this a million times.
  const changes = [
    put(entries, {
      contest: entry.contest,
      entryId: entry.entryId,
      author: entry.author,
      manifestHash: entry.manifestHash,
      modelSha256: entry.modelSha256,
      modelRoot: entry.modelRoot,
      modelSize: entry.modelSize,
      manifestURI: entry.manifestURI,
      submittedBlock: entry.submittedBlock,
      status: entry.status,
      removedBlock: entry.removedBlock,
      weight: tally.weight,
      acc: tally.acc,
      last,
      staked,
      support: supported,
      voters,
    }),
    put(stakes, {
      contest: at.emitter,
      voter: event.voter,
      entryId: event.entryId,
      stake: event.stake,
      weight: event.weight,
      changedBlock: at.block,
    }),
    put(activity, {
      block: at.block,
      logIndex: at.logIndex,
      contest: at.emitter,
      transaction: at.transaction,
      kind: difference > 0n ? "dropped" : difference < 0n ? "withdrew" : "reweighed",
      entryId: event.entryId,
      account: event.voter,
      amount: difference < 0n ? -difference : difference,
      stake: event.stake,
      weight: event.weight,
      entryWeight: tally.weight,
      acc: tally.acc,
      last,
      staked,
      support: supported,
      voters,
      number: null,
      evidenceURI: null,
      ruling: null,
      lapsed: null,
    }),
  ];
  if (joined !== 0) {
    changes.push(put(wallets, { ...wallet, staked: stakedOn }));
    const votersChange = Number(stakedOn > 0) - Number(wallet.staked > 0);
    if (votersChange !== 0) changes.push(put(contests, { ...contest, voters: contest.voters + votersChange }));
  }
  return changes;
}
