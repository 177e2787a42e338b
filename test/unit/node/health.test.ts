import { expect, test } from "vitest";
import { judgeHealth } from "../../../inference-node/serve/health.ts";

const entry = (id: string, state: string) => ({ id, state, detail: null }) as never;
const chain = { reachable: true, block: 7 };

test.each(["failed", "quarantined", "unavailable"])(
  "one entry that is %s degrades a node that serves another",
  (state) => {
    const entries = [entry("a/1", "ready"), entry("a/2", state)];
    expect(judgeHealth({ ready: true, chain, entries }, false)).toEqual({
      state: "degraded",
      serving: true,
      reasons: [`a/2 is ${state}.`],
    });
  },
);

test.each(["failed", "quarantined", "unavailable"])("a node of which every entry is %s does not serve", (state) => {
  expect(judgeHealth({ ready: true, chain, entries: [entry("a/1", state)] }, false)).toMatchObject({
    state: "degraded",
    serving: false,
  });
});
