import { expect, test } from "vitest";
import { closingLine } from "../../../scripts/testing/outcome.ts";

const clean = { passed: 3, failed: [], shaky: [], skipped: [], faults: [] };

test("the closing line adds the stages up", () => {
  expect(closingLine([clean, { ...clean, passed: 2, failed: ["a test: why"] }])).toBe("5 passed, 1 failed");
});

test("the closing line counts a fault outside of any test as a failure", () => {
  expect(closingLine([{ ...clean, faults: ["unit: no test ran"] }])).toBe("3 passed, 1 failed");
});

test("the closing line names skipped tests only when there are any", () => {
  expect(closingLine([{ ...clean, skipped: [{ name: "a", reason: "b" }] }])).toBe("3 passed, 0 failed, 1 skipped");
});
