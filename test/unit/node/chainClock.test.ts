import { expect, test } from "vitest";
import { createChainClock } from "../../../inference-node/chain/chainClock.ts";

const hour = 3_600_000;
function setUp() {
  const local = { ms: 1_000 * hour };
  const clock = createChainClock(() => local.ms);
  const see = (number: number, apartMs: number) => clock.observe({ number, timestamp: (local.ms + apartMs) / 1000 });
  return { local, clock, see };
}

test("two clocks that nearly agree leave the machine's alone", () => {
  const { local, clock, see } = setUp();
  see(1, -90_000);
  see(2, 90_000);
  expect(clock.now()).toBe(local.ms);
  expect(clock.skew()).toBe(0);
});

test("a machine two hours behind signs with the chain's time, also while the chain is away", () => {
  const { local, clock, see } = setUp();
  see(1, 2 * hour);
  expect(clock.skew()).toBe(7_200);
  local.ms += hour;
  expect(clock.now()).toBe(local.ms + 2 * hour);
});

test("a machine two hours ahead signs with the chain's time once a new block shows it", () => {
  const { local, clock, see } = setUp();
  see(1, -2 * hour);
  expect(clock.skew()).toBe(0);
  local.ms += 2_000;
  see(2, -2 * hour);
  expect(clock.skew()).toBe(-7_200);
  expect(clock.now()).toBe(local.ms - 2 * hour);
});

test("a chain that stands still, or was away, is not taken for a wrong clock", () => {
  const { local, clock, see } = setUp();
  see(1, 0);
  local.ms += 2 * hour;
  clock.observe({ number: 1, timestamp: (local.ms - 2 * hour) / 1000 });
  expect(clock.skew()).toBe(0);
  local.ms += 2 * hour;
  see(5, -hour);
  expect(clock.skew()).toBe(0);
});

test("a clock that was set right is believed again", () => {
  const { local, clock, see } = setUp();
  see(1, 2 * hour);
  local.ms += 2 * hour;
  see(2, 0);
  expect(clock.now()).toBe(local.ms);
});
