import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ABI_FILE, abiModule } from "../../../scripts/generate/abiModule.ts";
import { root } from "../../../scripts/tool/root.ts";

test("the committed ABIs are those of the compiled contracts; else run `npm run generate`", () => {
  expect(readFileSync(`${root}/${ABI_FILE}`, "utf8") === abiModule()).toBe(true);
});
