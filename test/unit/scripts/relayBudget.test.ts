import { expect, test } from "vitest";
import { createBudget } from "../../../scripts/relay/budget.ts";
import { openStore } from "../../../scripts/relay/store.ts";

const A = "0x00000000000000000000000000000000000000aa";
const B = "0x00000000000000000000000000000000000000bb";
const HOUR = 3_600_000;
const NOW = 100 * HOUR;
const limits = { gasPerHour: 1_000, weiPerDay: 10_000_000_000n, contestShare: 30 };

function books(isShared: boolean) {
  const store = openStore(":memory:", { chainId: 1, account: A });
  return { store, budget: createBudget({ store, limits, isShared, now: () => NOW }) };
}

test("gas is counted for an hour, money for a day, both for everybody and for each contest", () => {
  const { store, budget } = books(true);
  store.spend({ at: NOW - 2 * HOUR, contest: A, gas: 900, gwei: 1, orders: 1 });
  store.spend({ at: NOW - 1, contest: A, gas: 100, gwei: 1, orders: 1 });
  store.spend({ at: NOW - 25 * HOUR, contest: B, gas: 50, gwei: 9, orders: 1 });
  expect(budget.gasLeft()).toBe(900);
  // A third of 1,000 less 100, and nothing spent.
  expect([budget.gasLeft(A), budget.gasLeft(B)]).toEqual([200, 300]);
  expect(budget.weiLeft()).toBe(8_000_000_000n);
  expect([budget.weiLeft(A), budget.weiLeft(B)]).toEqual([1_000_000_000n, 3_000_000_000n]);
});

test("a contest that is served alone has it all", () => {
  const { budget } = books(false);
  expect([budget.gasLeft(A), budget.weiLeft(A)]).toEqual([1_000, 10_000_000_000n]);
});

test("there is room for what gas and money both hold, and never for less than nothing", () => {
  const { store, budget } = books(false);
  expect(budget.room(A, 0n)).toBe(1_000n);
  expect(budget.room(A, 10_000_000n)).toBe(1_000n);
  expect(budget.room(A, 100_000_000n)).toBe(100n);
  store.spend({ at: NOW - 1, contest: B, gas: 5_000, gwei: 11, orders: 1 });
  expect([budget.room(A, 1n), budget.gasLeft(A), budget.weiLeft(A)]).toEqual([0n, 0, 0n]);
});
