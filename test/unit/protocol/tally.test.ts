import fc from "fast-check";
import { expect, test } from "vitest";
import {
  displayedTally,
  EMPTY_TALLY,
  floorSqrt,
  projectedScore,
  reweighTally,
  type Tally,
  type Window,
  weightOf,
} from "#protocol/tally.ts";

const window: Window = { countFrom: 1_000n, votesClose: 1_060n };

type Change = { readonly time: number; readonly weight: number };

/** Adds the weight of each second of the window one by one. */
function scoreSecondBySecond(changes: readonly Change[], { countFrom, votesClose }: Window): bigint {
  let score = 0n;
  for (let second = Number(countFrom); second < Number(votesClose); second++) {
    const inForce = changes.filter(({ time }) => time <= second).at(-1);
    score += BigInt(inForce?.weight ?? 0);
  }
  return score;
}

function fold(changes: readonly Change[]): Tally {
  return changes.reduce(
    (tally, { time, weight }) => reweighTally(tally, BigInt(weight), BigInt(time), window),
    EMPTY_TALLY,
  );
}

test("a weight in place by countFrom and kept counts for the whole window", () => {
  expect(projectedScore(fold([{ time: 900, weight: 7 }]), window)).toBe(420n);
  expect(projectedScore(fold([{ time: 1_000, weight: 7 }]), window)).toBe(420n);
});

test("a weight placed one second after countFrom misses that second", () => {
  expect(projectedScore(fold([{ time: 1_001, weight: 7 }]), window)).toBe(413n);
});

test("a weight placed at the close, or after it, counts nothing", () => {
  expect(projectedScore(fold([{ time: 1_060, weight: 7 }]), window)).toBe(0n);
  expect(projectedScore(fold([{ time: 5_000, weight: 7 }]), window)).toBe(0n);
});

test("a weight taken away after the close stays counted", () => {
  expect(
    projectedScore(
      fold([
        { time: 900, weight: 7 },
        { time: 1_061, weight: 0 },
      ]),
      window,
    ),
  ).toBe(420n);
});

test("weight put in and taken out within one second counts nothing", () => {
  expect(
    projectedScore(
      fold([
        { time: 1_010, weight: 1_000_000 },
        { time: 1_010, weight: 0 },
      ]),
      window,
    ),
  ).toBe(0n);
});

test("over random histories the score is the sum of the weight at each second", () => {
  const changes = fc
    .array(fc.record({ time: fc.integer({ min: 990, max: 1_070 }), weight: fc.integer({ min: 0, max: 1_000 }) }), {
      maxLength: 30,
    })
    .map((list) => [...list].sort((a, b) => a.time - b.time));
  fc.assert(
    fc.property(changes, (list) => {
      expect(projectedScore(fold(list), window)).toBe(scoreSecondBySecond(list, window));
    }),
    { numRuns: 500 },
  );
});

test("the displayed tally is the average weight, rounded down", () => {
  expect(displayedTally(419n, window)).toBe(6n);
  expect(displayedTally(420n, window)).toBe(7n);
});

test("floorSqrt is the largest whole number whose square does not exceed the value", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 1n << 200n }), (value) => {
      const root = floorSqrt(value);
      expect(root * root <= value && (root + 1n) * (root + 1n) > value).toBe(true);
    }),
    { numRuns: 1_000 },
  );
  expect([0n, 1n, 2n, 3n, 4n, 8n, 9n, 10n ** 18n, 10n ** 18n - 1n].map(floorSqrt)).toEqual([
    0n,
    1n,
    1n,
    1n,
    2n,
    2n,
    3n,
    10n ** 9n,
    999_999_999n,
  ]);
  expect(() => floorSqrt(-1n)).toThrow(RangeError);
});

test("a coin weighs itself in an open contest and its square root in one of persons", () => {
  expect(weightOf(25n * 10n ** 18n, "open")).toBe(25n * 10n ** 18n);
  expect(weightOf(25n * 10n ** 18n, "personhood")).toBe(5n * 10n ** 9n);
});
