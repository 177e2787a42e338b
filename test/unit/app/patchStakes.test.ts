import { expect, test } from "vitest";
import type { EntryView, VoterView } from "#protocol/http.ts";
import { patchEntry, patchVoter, type StakeNews } from "../../../app/transactions/patchStakes.ts";

const window = { countFrom: 1_000n, votesClose: 1_100n };
const entry = { entryId: 1, status: "live", weight: "10", acc: "0", last: 0, score: "1000", tally: "10" } as EntryView;
const news = (change: Partial<StakeNews>): StakeNews => ({
  voter: `0x${"0a".repeat(20)}`,
  entryId: 1,
  stake: 5n,
  weight: 5n,
  entryWeight: 15n,
  timestamp: 900n,
  ...change,
});
const block = { number: 7, hash: `0x${"00".repeat(32)}` as const, timestamp: 900 };

test("a stake before the window counts for all of it", () => {
  expect(patchEntry(entry, news({}), window)).toMatchObject({
    weight: "15",
    acc: "0",
    last: 0,
    score: "1500",
    tally: "15",
  });
});

test("a stake at half time counts half", () => {
  // 10 for the first 50 seconds, 15 for the last 50.
  expect(patchEntry(entry, news({ timestamp: 1_050n }), window)).toMatchObject({
    weight: "15",
    acc: "500",
    last: 50,
    score: "1250",
    tally: "12",
  });
});

test("coins taken back after the close change no score", () => {
  expect(patchEntry(entry, news({ entryWeight: 0n, timestamp: 1_200n }), window)).toMatchObject({
    score: "1000",
    tally: "10",
  });
});

test("a voter's stake is replaced, and an emptied one leaves the list", () => {
  const voter = { stakes: [{ entryId: 1, stake: "2", weight: "2", changedAt: block }] } as unknown as VoterView;
  expect(patchVoter(voter, news({}), block).stakes).toEqual([
    { entryId: 1, stake: "5", weight: "5", changedAt: block },
  ]);
  expect(patchVoter(voter, news({ entryId: 4 }), block).stakes.map(({ entryId }) => entryId)).toEqual([1, 4]);
  expect(patchVoter(voter, news({ stake: 0n, weight: 0n }), block).stakes).toEqual([]);
});
