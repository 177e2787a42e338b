import { expect, test } from "vitest";
import { createRangeSize } from "../../../indexer/chain/rangeSize.ts";

test("halves when refused, and does not ask for the refused size again soon", () => {
  const size = createRangeSize();
  const asked: number[] = [];
  for (let i = 0; i < 60; i++) {
    asked.push(size.blocks());
    if (size.blocks() > 40) size.refused();
    else size.answered(0, size.blocks());
  }
  expect(asked.slice(0, 6)).toEqual([200, 100, 50, 25, 25, 25]);
  expect(asked.filter((blocks) => blocks > 40)).toHaveLength(4);
});

test("shrinks to what fits one transaction when ranges are full of logs", () => {
  const size = createRangeSize();
  size.answered(50_000, 1_000);
  expect(size.blocks()).toBe(100);
  size.answered(0, 100);
  expect(size.blocks()).toBe(200);
});

test("is not led astray by answers to ranges of another size than it asks for now", () => {
  const size = createRangeSize();
  size.answered(10_000, 200);
  size.answered(10_000, 200);
  expect(size.blocks()).toBe(100);
  size.answered(100, 5);
  expect(size.blocks()).toBe(100);
});

test("gives up at one block", () => {
  const size = createRangeSize();
  while (size.refused());
  expect(size.blocks()).toBe(1);
  expect(size.refused()).toBe(false);
});
