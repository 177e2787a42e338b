/** The tally's arithmetic is proved, not only tried; a planted fault is found. */

import { join } from "node:path";
import { expect, type TestContext, test } from "vitest";
import { askZ3 } from "../../scripts/prove/askZ3.ts";
import { findZ3 } from "../../scripts/prove/findZ3.ts";
import { proveContract } from "../../scripts/prove/proveContract.ts";
import { readSource } from "../../scripts/prove/readSource.ts";
import { root } from "../../scripts/tool/root.ts";
import { run } from "../../scripts/tool/run.ts";

const MINUTES = 60_000;
const TALLY = { file: "test/proofs/TallyProof.sol", contract: "TallyProof" } as const;
const LIBRARY = "contracts/libraries/TallyMath.sol";
const BOUND = "if (tallyWeight > type(uint96).max) revert();";

test("npm run prove: no value overflows a tally, and it does not matter in how many steps it is brought up", {
  timeout: 5 * MINUTES,
}, async (context) => {
  z3(context);
  const { code, output } = await run(join(root, "scripts/prove.ts"), [], { output: "keep" });
  expect(output).toMatch(/\d\d proved, \d undecided as listed, 0 faults/);
  expect(code).toBe(0);
});

test.for([
  ["the bound on an entry's weight", BOUND, "", "assert(weightAfter <= MAX_WEIGHT)"],
  ["the time since the last change", "(elapsed - tally.last)", "elapsed", "assert(gathered == acc + uint256(weight) *"],
  [
    "the old part of the weight",
    "tally.weight - weight + newWeight",
    "tally.weight + newWeight",
    "assert(weightAfter ==",
  ],
] as const)("a library without %s is found out", { timeout: 2 * MINUTES }, ([, before, after, claim], context) => {
  const ask = askZ3(z3(context));
  expect(readSource(LIBRARY)).toContain(before);
  const read = (file: string) => {
    const text = readSource(file);
    return file === LIBRARY ? text.replace(before, after) : text;
  };
  const violated = proveContract({ ...TALLY, ask, engine: "bmc", read })
    .obligations.filter(({ verdict }) => verdict === "violated")
    .map((obligation) => obligation.claim);
  expect(violated).toContainEqual(expect.stringContaining(claim));
});

/** Path of z3; a machine without one says so among the skipped tests. */
function z3(context: TestContext): string {
  const found = findZ3(console.log);
  return "missing" in found ? context.skip(found.missing) : found.file;
}
