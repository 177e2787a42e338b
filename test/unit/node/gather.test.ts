import { expect, test } from "vitest";
import { createGather } from "../../../inference-node/engine/gather.ts";

test("those who asked go on together, once the last of them has its token", async () => {
  const gather = createGather();
  const gone: string[] = [];
  const got = (name: string) => gather.got().then(() => gone.push(name));
  for (let asked = 0; asked < 3; asked++) gather.ask();
  const early = [got("first"), got("second")];
  await Promise.resolve();
  expect(gone).toEqual([]);
  const last = got("third");
  await Promise.all([...early, last]);
  expect(gone).toEqual(["first", "second", "third"]);
});

test("nobody waits long for one who reads a prompt, nor at all alone", async () => {
  const gather = createGather();
  gather.ask();
  gather.ask();
  await gather.got();
  await gather.got();
  gather.ask();
  await gather.got();
});
