import { expect, test } from "vitest";
import { biggestClimber, bumpLines } from "../../../app/contest/bumpLines.ts";

const points = [
  { timestamp: 1, scores: { "1": "30", "2": "20" } },
  { timestamp: 2, scores: { "1": "30", "2": "20", "3": "25" } },
  { timestamp: 3, scores: { "1": "30", "2": "30", "3": "90" } },
];

test("scores become ranks, in the order of the last point", () => {
  expect(bumpLines(points, 10)).toEqual([
    { entryId: 3, ranks: [null, 2, 1] },
    { entryId: 1, ranks: [1, 1, 2] },
    { entryId: 2, ranks: [2, 3, 3] },
  ]);
});

test("equal scores: the lower entry id goes first", () => {
  expect(bumpLines([{ timestamp: 1, scores: { "9": "5", "4": "5" } }], 10).map(({ entryId }) => entryId)).toEqual([
    4, 9,
  ]);
});

test("scores beyond 2^53 are told apart", () => {
  const scores = { "1": "90071992547409931", "2": "90071992547409932" };
  expect(bumpLines([{ timestamp: 1, scores }], 10)[0]?.entryId).toBe(2);
});

test("only the places asked for are drawn", () => {
  expect(bumpLines(points, 1)).toEqual([{ entryId: 3, ranks: [null, null, 1] }]);
});

test("the biggest climber is the one that gained most places", () => {
  expect(biggestClimber(bumpLines(points, 10))).toBe(3);
  expect(biggestClimber([{ entryId: 1, ranks: [1, 2] }])).toBeNull();
});
