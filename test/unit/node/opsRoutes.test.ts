import Fastify from "fastify";
import { expect, test } from "vitest";
import { createAdmission, defaultServeLimits } from "../../../inference-node/serve/admission.ts";
import type { Answering } from "../../../inference-node/serve/answerChat.ts";
import type { HostedEntry } from "../../../inference-node/serve/hostedEntry.ts";
import type { NodeView } from "../../../inference-node/serve/infoRoutes.ts";
import { createMetrics } from "../../../inference-node/serve/metrics.ts";
import { addOpsRoutes } from "../../../inference-node/serve/opsRoutes.ts";

/** What operators' tools are told of a node with one entry in some state. */

function openApp(state: string) {
  const limits = defaultServeLimits;
  const entry = {
    facts: { contest: `0x${"1".repeat(40)}`, entryId: 1 },
    manifest: { wrapper: { sampling: {} } },
    modelPath: "/somewhere/m.gguf",
    engine: { contextSize: 512, llamaCpp: "b1", variant: "cpu" },
    runner: { state: () => state },
  } as unknown as HostedEntry;
  const entries = () => [entry];
  const admission = createAdmission({ limits, maxWaiting: 4, parallel: 3, now: () => 0 });
  const app = Fastify();
  const metrics = createMetrics({ entries, admission });
  addOpsRoutes(app, { admission, limits, metrics } as unknown as Answering, { entries } as unknown as NodeView);
  return { app, admission, entry };
}

test("as many slots are told as answers may be under way, and which of them are busy", async () => {
  const { app, admission, entry } = openApp("ready");
  const hold = Promise.withResolvers<void>();
  const caller = { network: "n", client: "c" } as never;
  const taken = [1, 2].map(() => admission.queueOf(entry).take(caller, AbortSignal.timeout(9_000), () => hold.promise));
  expect((await app.inject("/props")).json()).toMatchObject({ total_slots: 3 });
  const slots = (await app.inject("/slots")).json() as { id: number; is_processing: boolean }[];
  expect(slots.map(({ id, is_processing }) => [id, is_processing])).toEqual([
    [0, true],
    [1, true],
    [2, false],
  ]);
  hold.resolve();
  await Promise.all(taken);
});

test.each(["asleep", "loading", "ready", "failed", "quarantined", "closed"])(
  "a model that is %s is counted",
  async (state) => {
    const { app } = openApp(state);
    expect((await app.inject("/metrics")).body).toContain(`coindrop_models{state="${state}"} 1`);
  },
);
