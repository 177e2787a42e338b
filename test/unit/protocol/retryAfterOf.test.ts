import { expect, test, vi } from "vitest";
import { retryAfterOf } from "#protocol/retryAfterOf.ts";

const NOON = Date.parse("Tue, 03 Mar 2026 12:00:00 GMT");
const after = (milliseconds: number) => new Date(NOON + milliseconds).toUTCString();
const wait = (given: string, date?: string) =>
  retryAfterOf(new Headers({ "retry-after": given, ...(date !== undefined && { date }) }));

test.each([
  ["0", 0],
  ["7", 7_000],
  ["86400", 86_400_000],
])("seconds: %s", (given, milliseconds) => {
  expect(wait(given)).toBe(milliseconds);
});

test("a date counts from when the answer was made, whatever this machine's clock says", () => {
  expect(wait(after(90_000), after(0))).toBe(90_000);
  expect(wait(after(-90_000), after(0))).toBe(0);
});

test("a date in an answer that does not say when it was made counts from now", () => {
  const now = vi.spyOn(Date, "now").mockReturnValue(NOON);
  expect(wait(after(5_000))).toBe(5_000);
  expect(wait(after(5_000), "at noon")).toBe(5_000);
  now.mockRestore();
});

test.each(["", "soon", "9".repeat(400)])("what is neither says nothing: %j", (given) => {
  expect(wait(given, after(0))).toBeUndefined();
});

test("no header says nothing", () => {
  expect(retryAfterOf(new Headers())).toBeUndefined();
});
