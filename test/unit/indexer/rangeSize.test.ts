import { expect, test } from "vitest";
import { createRangeSize } from "../../../indexer/chain/rangeSize.ts";

test("halves when refused, and does not ask for the refused size again soon", () => {
  const size = createRangeSize();
  const asked: number[] = [];
  for (let i = 0; i < 60; i++) {
    asked.push(size.blocks());
    if (size.blocks() > 100) size.refused();
    else size.answered(0);
  }
  expect(asked.slice(0, 6)).toEqual([1_000, 500, 250, 125, 62, 62]);
  expect(asked.filter((blocks) => blocks > 100)).toHaveLength(5);
});

test("shrinks to what fits one transaction when ranges are full of logs", () => {
  const size = createRangeSize();
  size.answered(50_000);
  expect(size.blocks()).toBe(100);
  size.answered(0);
  expect(size.blocks()).toBe(200);
});

test("gives up at one block", () => {
  const size = createRangeSize();
  while (size.refused());
  expect(size.blocks()).toBe(1);
  expect(size.refused()).toBe(false);
});
