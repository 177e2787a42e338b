import { expect, test } from "vitest";
import { signedOrderSchema } from "#protocol/relay.ts";
import { carryData } from "../../../scripts/relay/carryData.ts";
import { batchGas, intrinsicGas, TRANSACTION_GAS } from "../../../scripts/relay/orderGas.ts";

const order = (signatureBytes: number) =>
  signedOrderSchema.parse({
    contest: `0x${"11".repeat(20)}`,
    kind: "Drop",
    voter: `0x${"22".repeat(20)}`,
    entryId: "65535",
    amount: "1000000000000000000",
    nonce: 111,
    deadline: "1900000000",
    signature: `0x${"ff".repeat(signatureBytes)}`,
  });

test("the price of calldata is the dearer of the two that the chain knows", () => {
  expect(intrinsicGas("0x")).toBe(21_000n);
  // Three bytes that are not zero and one that is, by the floor: 40 and 10.
  expect(intrinsicGas("0x01ff2000")).toBe(21_130n);
});

test("the largest batch of the longest signatures fits a transaction, and leaves each order its allowance", () => {
  const data = carryData(Array.from({ length: 25 }, () => order(2_048)));
  const gas = batchGas(data, 25);
  expect(gas).toBeLessThan(TRANSACTION_GAS);
  // 25 orders that use up 500,000 each, and 512,936 that must be left before the last one.
  expect(gas - intrinsicGas(data)).toBeGreaterThan(24n * 500_000n + 512_936n);
});
