import { expect, test } from "vitest";
import type { Read } from "../../../indexer/chain/readAhead.ts";
import { createdIn, createReadAhead } from "../../../indexer/chain/readAhead.ts";
import { CONTEST, contestCreated, FACTORY, headerOf, placed, submitted } from "./memoryStore.ts";

const [first, second] = [headerOf(1, 100), headerOf(2, 200)];

/** What was read up to a block. */
function readUpTo(to = second): Read {
  const range = { after: first, headers: [to], events: [], finalized: 0, tokens: [], logs: 0 };
  return { to, next: to, contests: [], range };
}

test("what was begun after a block is had there, once", async () => {
  const ahead = createReadAhead();
  const read = readUpTo();
  await ahead.begin(first, async () => read);
  expect(await ahead.take(first, false)).toBe(read);
  expect(ahead.take(first, false)).toBeUndefined();
});

test("after another block, also one of the same number, nothing is had, and it is forgotten", async () => {
  const ahead = createReadAhead();
  await ahead.begin(first, async () => readUpTo());
  expect(ahead.take(headerOf(1, 100, 1), false)).toBeUndefined();
  expect(ahead.take(first, false)).toBeUndefined();
});

test("what has to be read more thoroughly is not had", async () => {
  const ahead = createReadAhead();
  await ahead.begin(first, async () => readUpTo());
  expect(ahead.take(first, true)).toBeUndefined();
});

test("questions are out before folding goes on, and answers are not waited for", async () => {
  const ahead = createReadAhead();
  const steps: string[] = [];
  const answer = Promise.withResolvers<Read>();
  await ahead.begin(first, async () => {
    await new Promise(setImmediate);
    steps.push("asked");
    return answer.promise;
  });
  steps.push("folding");
  expect(steps).toEqual(["asked", "folding"]);
  answer.resolve(readUpTo());
  expect(await ahead.take(first, false)).toEqual(readUpTo());
});

test("what failed is met when it is its turn", async () => {
  const ahead = createReadAhead();
  await ahead.begin(first, () => Promise.reject(new Error("the endpoint went away")));
  await expect(ahead.take(first, false)).rejects.toThrow("the endpoint went away");
});

test("contests that came into being in a range are those that the factory tells of", () => {
  const events = [placed(first, 0, FACTORY, contestCreated()), placed(first, 1, CONTEST, submitted(1))];
  expect(createdIn({ events })).toEqual([CONTEST]);
});
