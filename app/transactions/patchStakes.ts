import type { QueryClient } from "@tanstack/react-query";
import { type Address, parseEventLogs, type TransactionReceipt } from "viem";
import { contestAbi } from "#protocol/abi.ts";
import type { Answer } from "#protocol/endpoints.ts";
import type { EntryView, VoterView } from "#protocol/http.ts";
import { displayedTally, projectedScore, reweighTally } from "#protocol/tally.ts";
import { windowOf } from "../contest/measure.ts";
import { keys } from "../data/keys.ts";
import type { Sourced } from "../data/queries.ts";

type Window = ReturnType<typeof windowOf>;

/** A stake as `StakeChanged` tells it. */
export type StakeNews = {
  readonly voter: Address;
  readonly entryId: number;
  readonly stake: bigint;
  readonly weight: bigint;
  readonly entryWeight: bigint;
  readonly timestamp: bigint;
};

/** Writes a receipt's stakes and tallies into what is on screen: the chain has spoken, nobody needs to wait for more. */
export function patchStakes(client: QueryClient, contest: Address, receipt: TransactionReceipt): void {
  const window = client.getQueryData<Sourced<Answer<"contest">>>(keys.contest(contest))?.contest;
  const logs = parseEventLogs({ abi: contestAbi, eventName: "StakeChanged", logs: receipt.logs });
  for (const { args, address } of logs) {
    if (address.toLowerCase() !== contest) continue;
    const news: StakeNews = { ...args, voter: args.voter.toLowerCase() as Address, entryId: Number(args.entryId) };
    if (window !== undefined) {
      client.setQueryData<Sourced<Answer<"entries">>>(keys.entries(contest), (old) =>
        old === undefined
          ? old
          : {
              ...old,
              entries: old.entries.map((entry) =>
                entry.entryId === news.entryId ? patchEntry(entry, news, windowOf(window)) : entry,
              ),
            },
      );
    }
    const block = { number: Number(receipt.blockNumber), hash: receipt.blockHash, timestamp: Number(news.timestamp) };
    client.setQueryData<Sourced<Answer<"voter">>>(keys.voter(contest, news.voter), (old) =>
      old === undefined ? old : { ...old, voter: patchVoter(old.voter, news, block) },
    );
  }
}

/** The entry after the change: weight, gathered score and projection. */
export function patchEntry(entry: EntryView, news: StakeNews, window: Window): EntryView {
  const before = {
    weight: BigInt(entry.weight),
    acc: BigInt(entry.acc),
    last: BigInt(entry.last),
    status: entry.status,
  };
  const after = reweighTally(before, news.entryWeight, news.timestamp, window);
  const score = projectedScore(after, window);
  return {
    ...entry,
    weight: after.weight.toString(),
    acc: after.acc.toString(),
    last: Number(after.last),
    score: score.toString(),
    tally: displayedTally(score, window).toString(),
  };
}

/** The voter's list after the change; an empty stake leaves it. */
export function patchVoter(
  voter: VoterView,
  news: StakeNews,
  changedAt: VoterView["stakes"][number]["changedAt"],
): VoterView {
  const others = voter.stakes.filter(({ entryId }) => entryId !== news.entryId);
  const mine = { entryId: news.entryId, stake: news.stake.toString(), weight: news.weight.toString(), changedAt };
  return { ...voter, stakes: news.stake === 0n ? others : [...others, mine].sort((a, b) => a.entryId - b.entryId) };
}
