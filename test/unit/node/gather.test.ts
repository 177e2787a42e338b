import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { createGather } from "../../../inference-node/engine/gather.ts";

test("those whose tokens are made at the same time go on together, in the order of their places", async () => {
  const gather = createGather();
  const gone: string[] = [];
  const [first, second, third] = [1, 2, 3].map(() => Promise.withResolvers<void>());
  const answer = (place: number, token: Promise<void> | undefined) =>
    gather
      .making(token ?? Promise.reject())
      .then(() => gather.turn(place))
      .then(() => gone.push(`place ${place}`));
  const all = Promise.all([answer(2, first?.promise), answer(0, second?.promise), answer(1, third?.promise)]);
  first?.resolve();
  second?.resolve();
  for (let turn = 0; turn < 5; turn++) await setImmediate();
  expect(gone).toEqual([]);
  third?.resolve();
  await all;
  expect(gone).toEqual(["place 0", "place 1", "place 2"]);
});

test("nobody waits for a token that failed, nor at all alone", async () => {
  const gather = createGather();
  await gather.turn(0);
  const failing = gather.making(Promise.reject(new Error("no token")));
  const waits = gather.turn(0);
  await expect(failing).rejects.toThrow("no token");
  await waits;
});
