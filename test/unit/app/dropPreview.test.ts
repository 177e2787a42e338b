import { expect, test } from "vitest";
import type { ContestView, EntryView, VoterView } from "#protocol/http.ts";
import { previewChange } from "../../../app/entry/dropPreview.ts";

const zero = `0x${"00".repeat(20)}`;
const contest = (personhood: string) =>
  ({
    rules: { personhood, countFrom: 1_000, votesClose: 1_100, entryCap: "100", personCap: "150" },
  }) as unknown as ContestView;
const entry = { entryId: 1, status: "live", weight: "40", acc: "0", last: 0, score: "4000", tally: "40" } as EntryView;
const voter = (stakes: readonly (readonly [number, string, string])[], nullifier: string | null) =>
  ({
    nullifier,
    stakes: stakes.map(([entryId, stake, weight]) => ({ entryId, stake, weight })),
  }) as unknown as VoterView;

test("in an open contest coins are weight, and the tally grows by the share of the window that is left", () => {
  const preview = previewChange({ contest: contest(zero), entry, voter: undefined, change: 20n, now: 1_050 });
  expect(preview).toEqual({
    coins: { before: 0n, after: 20n },
    weight: { before: 0n, after: 20n },
    tally: { before: 40n, after: 50n },
    room: null,
  });
});

test("taking back lowers coins, weight and tally, and never below nothing", () => {
  const mine = voter([[1, "20", "20"]], null);
  expect(previewChange({ contest: contest(zero), entry, voter: mine, change: -20n, now: 900 }).tally).toEqual({
    before: 40n,
    after: 20n,
  });
  expect(previewChange({ contest: contest(zero), entry, voter: mine, change: -99n, now: 900 }).coins.after).toBe(0n);
});

test("a verified person's weight is the root of the coins, under both caps", () => {
  const mine = voter(
    [
      [1, "36", "6"],
      [2, "64", "8"],
    ],
    `0x${"01".repeat(32)}`,
  );
  const preview = previewChange({
    contest: contest(`0x${"aa".repeat(20)}`),
    entry,
    voter: mine,
    change: 28n,
    now: 900,
  });
  expect(preview.weight).toEqual({ before: 6n, after: 8n });
  expect(preview.tally).toEqual({ before: 40n, after: 42n });
  // 150 in all less the 100 counted leaves 50, less than the 64 left on the entry.
  expect(preview.room).toEqual({ before: 50n, after: 22n });
});

test("support on the entry takes room under both caps, since more coins would make all of it count", () => {
  const mine = voter(
    [
      [1, "30", "0"],
      [2, "100", "10"],
      [3, "50", "0"],
    ],
    `0x${"01".repeat(32)}`,
  );
  const preview = previewChange({ contest: contest(`0x${"aa".repeat(20)}`), entry, voter: mine, change: 5n, now: 900 });
  // 150 in all less the 100 counted and the 30 that lie here; what is support elsewhere stays so.
  expect(preview.room).toEqual({ before: 20n, after: 15n });
});

test("coins of a wallet that is not verified carry no weight", () => {
  const preview = previewChange({
    contest: contest(`0x${"aa".repeat(20)}`),
    entry,
    voter: voter([], null),
    change: 25n,
    now: 900,
  });
  expect(preview.weight).toEqual({ before: 0n, after: 0n });
  expect(preview.tally).toEqual({ before: 40n, after: 40n });
});
