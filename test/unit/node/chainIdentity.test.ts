import { expect, test } from "vitest";
import { expectChain } from "../../../inference-node/chain/chainIdentity.ts";

const remembered = { chainId: 5, genesis: `0x${"0a".repeat(32)}` } as const;

test.each([
  ["another number", { ...remembered, chainId: 6 }],
  ["another first block", { ...remembered, genesis: `0x${"0b".repeat(32)}` }],
] as const)("a chain with %s than the remembered one is refused each time, and told of", async (_what, found) => {
  const told: Error[] = [];
  const check = expectChain(
    remembered,
    async () => found,
    (error) => void told.push(error),
  );
  await expect(check()).rejects.toThrow("another one than this node remembers");
  await expect(check()).rejects.toThrow("Nothing was signed for it");
  expect(told).toHaveLength(2);
});

test("the remembered chain is asked for until it answers, and once then", async () => {
  let asked = 0;
  const check = expectChain(
    remembered,
    async () => {
      asked += 1;
      if (asked === 1) throw new Error("connect ECONNREFUSED");
      return remembered;
    },
    () => expect.unreachable(),
  );
  await expect(check()).rejects.toThrow("ECONNREFUSED");
  await check();
  await check();
  expect(asked).toBe(2);
});
