import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ABI_FILES, type AbiFile, abiModule } from "../../../scripts/generate/abiModule.ts";
import { root } from "../../../scripts/tool/root.ts";

test.each(Object.keys(ABI_FILES) as AbiFile[])(
  "%s holds the ABIs of the compiled contracts; else run `npm run generate`",
  (file) => {
    expect(readFileSync(`${root}/${file}`, "utf8") === abiModule(file)).toBe(true);
  },
);
