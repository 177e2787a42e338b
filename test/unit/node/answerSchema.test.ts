import { expect, test } from "vitest";
import { answerSchema } from "../../../inference-node/serve/answerSchema.ts";

const list = (items: object, maxItems: number) => ({ type: "array", items, maxItems });

test.each([
  ["a plain one", { type: "object", properties: { a: { type: "string", maxLength: 20 } }, required: ["a"] }, null],
  ["a short list", list({ type: "number" }, 16), null],
  ["a long list", list({ type: "number" }, 1e9), "maxItems must be a whole number from 0 to 256"],
  ["lists of lists", list(list({ type: "number" }, 100), 100), "nested lists multiply to more than 256 items"],
  ["a negative length", { type: "string", minLength: -1 }, "minLength must be a whole number from 0 to 256"],
  ["a large one", { enum: ["x".repeat(17_000)] }, "the schema is longer than 16384 characters"],
  [
    "a deep one",
    JSON.parse(`${'{"items":'.repeat(40)}{}${"}".repeat(40)}`),
    "the schema is nested deeper than 16 levels",
  ],
])("a schema for answers: %s", (_what, schema, problem) => {
  expect(answerSchema.safeParse(schema).error?.issues[0]?.message ?? null).toBe(problem);
});
