import fc from "fast-check";
import { expect, test } from "vitest";
import { findDeployment } from "../../../inference-node/chain/findDeployment.ts";

test("the first block with a contract's code is found, in few questions", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(30_000_000), fc.nat(30_000_000), async (one, other) => {
      const [born, head] = [Math.min(one, other), Math.max(one, other)];
      let asked = 0;
      const hasCode = async (block: bigint) => {
        asked += 1;
        return block >= BigInt(born);
      };
      expect(await findDeployment(hasCode, BigInt(head))).toBe(BigInt(born));
      expect(asked).toBeLessThan(28);
    }),
  );
});

test("nothing is said where the endpoint keeps no old state, or the contract is not there", async () => {
  const pruned = async (block: bigint) => {
    if (block < 900n) throw new Error("missing trie node");
    return true;
  };
  expect(await findDeployment(pruned, 1_000n)).toBeNull();
  expect(await findDeployment(async () => false, 1_000n)).toBeNull();
});
