import { expect, test } from "vitest";
import type { NodeClient } from "../../../inference-node/audit/nodeClient.ts";
import { chooseModel } from "../../../inference-node/audit/nodeClient.ts";

const models = ["sums", "haiku"].map((name, at) => ({ id: `0xc0de/${at + 1}`, name }));
const client = { url: "https://node.example", models } as unknown as NodeClient;

test("a model is meant by its name, its entry's id or its own", () => {
  for (const wanted of ["haiku", "2", "0xc0de/2"]) expect(chooseModel(client, wanted)).toBe(client.models[1]);
});

test("who says nothing is asked which, and who names one that is not there is told that", () => {
  expect(() => chooseModel(client, undefined)).toThrow(
    "Say with --entry which model of https://node.example is meant.",
  );
  expect(() => chooseModel(client, "nope")).toThrow('https://node.example serves no model "nope".');
});
