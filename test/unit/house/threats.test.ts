/** Every threat that we know has a test named after it, and the patches that take defences out apply to what stands. */

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { patchedSources, readThreatPatches } from "../../../scripts/threats/threatPatches.ts";
import { root } from "../../../scripts/tool/root.ts";

/** Rows 1 to 35 of the list of threats: contracts/PROTOCOL.md says what each is. */
const ROWS = Array.from({ length: 35 }, (_, index) => index + 1);

const read = (pattern: string) =>
  globSync(pattern, { cwd: root }).map((file) => readFileSync(join(root, file), "utf8"));
const solidity = read("test/solidity/**/*.sol").join("\n");
const vitest = read("test/{unit,parity,integration}/**/*.test.ts").join("\n");

test.each(ROWS)("threat %i has a test of its name", (row) => {
  const inSolidity = new RegExp(`function test(Fuzz)?_threat0?${row}_`).test(solidity);
  const inVitest = new RegExp(`test\\("threat 0?${row}:`).test(vitest);
  expect(inSolidity || inVitest).toBe(true);
});

test.each(ROWS)("threat %i has a patch that takes its defence out", (row) => {
  expect(readThreatPatches().map(({ threat }) => threat)).toContain(row);
});

test.each(readThreatPatches().map((patch) => [patch.name, patch] as const))("the patch %s applies", (_name, patch) => {
  expect(patchedSources(patch)).not.toBeTypeOf("string");
});

test.each(readThreatPatches().flatMap(({ name, red }) => red.map((seen) => [name, seen] as const)))(
  "%s names a test that is there: %s",
  (_name, seen) => {
    const [suite, name] = seen.split(" ");
    expect(solidity).toContain(`contract ${suite} is`);
    expect(solidity).toContain(`function ${name}(`);
  },
);
