import fc from "fast-check";
import { expect, test } from "vitest";
import { dividePot, rankEntries, type Scored } from "#protocol/standings.ts";

const rules = { countFrom: 0, votesClose: 100, minTally: 0n };
const live = (entryId: number, score: bigint): Scored => ({ entryId, score, status: "live" });
const idsOf = (entries: readonly Scored[], minTally = 0n) =>
  rankEntries(entries, { ...rules, minTally }).map(({ entryId }) => entryId);

test("the highest score leads and equal scores go to the earlier entry", () => {
  expect(idsOf([live(3, 5n), live(2, 9n), live(1, 5n)])).toEqual([2, 1, 3]);
});

test("retracted and removed entries, and those without a score, hold no rank", () => {
  expect(
    idsOf([
      live(1, 0n),
      { entryId: 2, score: 8n, status: "removed" },
      { entryId: 3, score: 8n, status: "retracted" },
      live(4, 1n),
    ]),
  ).toEqual([4]);
});

test("a challenged entry keeps its rank until it is ruled on", () => {
  expect(idsOf([{ entryId: 1, score: 8n, status: "challenged" }])).toEqual([1]);
});

test("minTally is an average weight: one weight-second too few and the rank is gone", () => {
  expect(idsOf([live(1, 700n), live(2, 699n)], 7n)).toEqual([1]);
});

const split = [4000, 2000, 1200, 800, 500, 500, 400, 300, 200, 100];

test("a pot is divided to the wei, the dust goes to rank 1", () => {
  expect(dividePot(1_003n, split, 10)).toEqual({
    prizes: [403n, 200n, 120n, 80n, 50n, 50n, 40n, 30n, 20n, 10n],
    unheld: 0n,
  });
});

test("what nobody holds goes back whole", () => {
  expect(dividePot(1_000n, split, 0)).toEqual({ prizes: Array(10).fill(0n), unheld: 1_000n });
  expect(dividePot(1_000n, split, 2)).toEqual({ prizes: [400n, 200n, ...Array(8).fill(0n)], unheld: 400n });
});

test("prizes and what is unheld always sum to the pot", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 1n << 100n }), fc.integer({ min: 0, max: 10 }), (pot, held) => {
      const { prizes, unheld } = dividePot(pot, split, held);
      expect(prizes.reduce((sum, prize) => sum + prize, unheld)).toBe(pot);
    }),
  );
});
