import { describe, expect, test } from "vitest";
import { createMemoryBudget, type Resident } from "../../../inference-node/engine/memoryBudget.ts";

const gib = 2 ** 30;
const plan = (total: number) => ({ weights: total, cache: 0, buffers: 0, process: 0, total });

function model(more: Partial<{ idle: boolean; loading: boolean; usedAt: number }> = {}) {
  const state = { idle: true, loading: false, usedAt: 0, rested: 0, ...more };
  const resident: Resident = {
    idle: () => state.idle && state.rested === 0,
    loading: () => state.loading,
    usedAt: () => state.usedAt,
    async rest() {
      state.rested += 1;
    },
  };
  return { state, resident };
}

describe("memory for models", () => {
  test("that does not suffice is refused with the figures, and nobody is disturbed", async () => {
    const budget = createMemoryBudget({ limit: 4 * gib, available: () => 0, unloadIdle: true });
    const small = model();
    await budget.admit(plan(gib), small.resident, true);
    await expect(budget.admit(plan(5 * gib), model().resident, true)).rejects.toMatchObject({
      code: "no_memory",
      retryAfter: 30,
      message:
        "the model needs 5.0 GiB (weights 5.0 GiB, context 0 bytes, buffers 0 bytes, process 0 bytes) and 3.0 GiB are free",
    });
    expect(small.state.rested).toBe(0);
  });

  test("is made by the idle model that was used longest ago, where the operator allows it", async () => {
    const budget = createMemoryBudget({ limit: 4 * gib, available: () => 0, unloadIdle: true });
    const [recent, old, busy] = [model({ usedAt: 9 }), model({ usedAt: 5 }), model({ usedAt: 1, idle: false })];
    for (const { resident } of [recent, old, busy]) await budget.admit(plan(gib), resident, true);
    await budget.admit(plan(2 * gib), model().resident, true);
    expect([recent.state.rested, old.state.rested, busy.state.rested]).toEqual([0, 1, 0]);
  });

  test("is not made where the operator does not allow it, or nobody waits", async () => {
    const strict = createMemoryBudget({ limit: 4 * gib, available: () => 0, unloadIdle: false });
    const one = model();
    await strict.admit(plan(3 * gib), one.resident, true);
    await expect(strict.admit(plan(2 * gib), model().resident, true)).rejects.toMatchObject({ code: "no_memory" });
    const warming = createMemoryBudget({ limit: 4 * gib, available: () => 0, unloadIdle: true });
    await warming.admit(plan(3 * gib), one.resident, true);
    await expect(warming.admit(plan(2 * gib), model().resident, false)).rejects.toMatchObject({ code: "no_memory" });
    expect(one.state.rested).toBe(0);
  });

  test("comes back when a model's process ends", async () => {
    const budget = createMemoryBudget({ limit: 4 * gib, available: () => 0, unloadIdle: false });
    const giveBack = await budget.admit(plan(3 * gib), model().resident, true);
    giveBack();
    await budget.admit(plan(3 * gib), model().resident, true);
  });

  test("of the machine is counted less what models that still load were promised", async () => {
    const budget = createMemoryBudget({ limit: null, available: () => 4 * gib, unloadIdle: false });
    const first = model({ loading: true });
    await budget.admit(plan(3 * gib), first.resident, true);
    await expect(budget.admit(plan(2 * gib), model().resident, true)).rejects.toMatchObject({ code: "no_memory" });
    first.state.loading = false;
    await budget.admit(plan(2 * gib), model().resident, true);
  });
});
