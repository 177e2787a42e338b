import { expect, test } from "vitest";
import { createTurns } from "../../../inference-node/engine/turns.ts";

const never = new AbortController().signal;

test("as many run at a time as there are slots, the next waits, and the one after is refused", async () => {
  const turns = createTurns(1, 2);
  const ends: (() => void)[] = [];
  const begun: number[] = [];
  const begin = (name: number) =>
    turns.take(never, async () => {
      begun.push(name);
      await new Promise<void>((resolve) => ends.push(resolve));
    });
  const [first, second, third] = [begin(1), begin(2), begin(3)];
  await expect(begin(4)).rejects.toMatchObject({ code: "busy" });
  expect(begun).toEqual([1, 2]);
  expect(turns.size()).toBe(3);
  ends[1]?.();
  await second;
  ends[0]?.();
  await first;
  expect(begun).toEqual([1, 2, 3]);
  ends[2]?.();
  await third;
  expect(turns.size()).toBe(0);
});
