import { expect, test } from "vitest";
import { dropGate, type GateFacts } from "../../../app/entry/dropGate.ts";

const ready: GateFacts = {
  act: "drop",
  phase: "voting",
  live: true,
  connected: true,
  rightChain: true,
  chain: "Base",
  symbol: "DROP",
  amount: 300n,
  balance: 1_000n,
  here: 200n,
  room: null,
  cap: "6.25 DROP",
  target: null,
  busy: false,
  votesOpen: "Mon 3 Aug, 10:00",
  format: (wei) => `${wei}`,
};
const gate = (facts: Partial<GateFacts>) => dropGate({ ...ready, ...facts });

test("the button repeats the amount", () => {
  expect(gate({})).toEqual({ state: "ready", label: "Drop 300 DROP" });
  expect(gate({ act: "withdraw", amount: 150n })).toEqual({ state: "ready", label: "Take back 150 DROP" });
  expect(gate({ act: "move", amount: 150n, target: "haiku" })).toEqual({
    state: "ready",
    label: "Move 150 DROP to haiku",
  });
});

test("a drop beyond the balance names the coin, the chain and by how much", () => {
  const blocked = gate({ amount: 1_001n });
  expect(blocked).toMatchObject({ state: "blocked", label: "You have 1000 DROP on Base" });
  expect(blocked).toHaveProperty("error", expect.stringContaining("1 DROP more than the 1000 DROP"));
});

test("the whole balance may be dropped", () => {
  expect(gate({ amount: 1_000n }).state).toBe("ready");
});

test("a stake beyond what lies here cannot be taken back or moved", () => {
  expect(gate({ act: "withdraw", amount: 201n }).state).toBe("blocked");
  expect(gate({ act: "move", amount: 201n, target: "haiku" }).state).toBe("blocked");
});

test("a cap is named with what exceeds it", () => {
  expect(gate({ room: 250n })).toHaveProperty("error", expect.stringContaining("50 more than the 6.25 DROP"));
  expect(gate({ room: 300n }).state).toBe("ready");
});

test("without a wallet the button connects one, on a wrong network it switches", () => {
  expect(gate({ connected: false }).state).toBe("connect");
  expect(gate({ rightChain: false })).toEqual({ state: "switch", label: "Switch to Base" });
});

test("coins can be taken back in every phase and from a removed entry", () => {
  for (const phase of ["voting", "counting", "final"] as const)
    expect(gate({ act: "withdraw", phase, live: false, amount: 1n }).state).toBe("ready");
});

test("outside of voting nothing can be dropped, and the button says why", () => {
  expect(gate({ phase: "entry" }).label).toContain("Mon 3 Aug, 10:00");
  expect(gate({ phase: "counting" }).state).toBe("blocked");
  expect(gate({ live: false }).state).toBe("blocked");
});

test("nothing typed, nonsense and zero are blocked each in its own way", () => {
  expect(gate({ amount: undefined })).toMatchObject({ state: "blocked", error: null });
  expect(gate({ amount: 0n })).toMatchObject({ state: "blocked", error: null });
  expect(gate({ amount: null })).toHaveProperty("error", expect.stringMatching(/./));
  expect(gate({ amount: "ambiguous" })).toHaveProperty("error", expect.stringContaining("write 2500 or 2.5"));
});

test("a second click while one is on its way does nothing", () => {
  expect(gate({ busy: true }).state).toBe("blocked");
});
