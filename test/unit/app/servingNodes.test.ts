import { expect, test } from "vitest";
import type { NodeView } from "#protocol/httpNodes.ts";
import { nodeName, servingNodes } from "../../../app/entry/servingNodes.ts";

const contest = `0x${"0c".repeat(20)}`;
const node = (
  name: string,
  change: { readonly epoch?: number; readonly matches?: boolean; readonly active?: boolean; readonly entryId?: number },
) =>
  ({
    endpoint: `http://${name}:80`,
    active: change.active ?? true,
    attestations: [
      { contest, entryId: change.entryId ?? 1, epoch: change.epoch ?? 100, matches: change.matches ?? true },
    ],
  }) as unknown as NodeView;
const states = (nodes: readonly NodeView[], now: number) =>
  servingNodes(nodes, { contest, entryId: 1, now }).map((serving) => [
    nodeName(serving.node),
    serving.state,
    serving.hours,
  ]);

test("a node that attested today serves, one that has not is late", () => {
  const now = 126 * 3_600;
  expect(
    states([node("old", { epoch: 100 }), node("fresh", { epoch: 126 }), node("day", { epoch: 101 })], now),
  ).toEqual([
    ["fresh", "serving", 0],
    ["day", "serving", 25],
    ["old", "late", 26],
  ]);
});

test("a node with another file or too little stake is never first", () => {
  const nodes = [node("liar", { matches: false }), node("poor", { active: false }), node("good", {})];
  expect(states(nodes, 100 * 3_600).map(([name, state]) => [name, state])).toEqual([
    ["good", "serving"],
    ["poor", "inactive"],
    ["liar", "wrong"],
  ]);
});

test("a node that attested other entries only is left out", () => {
  expect(states([node("other", { entryId: 2 })], 0)).toEqual([]);
});

test("an endpoint that is no address is shown as it is", () => {
  expect(nodeName({ endpoint: "nonsense" })).toBe("nonsense");
});
