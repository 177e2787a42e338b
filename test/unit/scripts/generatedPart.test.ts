import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { withGeneratedPart } from "../../bench/generatedPart.ts";

test("a bench writes its own part of its page anew and leaves what was written by hand", async () => {
  const page = await readFile("test/bench/inference.md", "utf8");
  const once = withGeneratedPart(page, ["", "| a | table |", ""]);
  expect(once).toContain("| a | table |");
  expect(once).toContain("## Where the time goes");
  expect(once).not.toContain("| embedded |");
  expect(withGeneratedPart(once, ["", "| another |", ""])).not.toContain("| a | table |");
  expect(once.split("## Where the time goes")[1]).toBe(page.split("## Where the time goes")[1]);
});

test("a page without a place for it is left alone", () => {
  expect(() => withGeneratedPart("# By hand\n", [])).toThrow("lacks the lines");
});
