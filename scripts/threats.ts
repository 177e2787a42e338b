/**
 * Takes each defence out and sees its tests fail: `npm run threats`, or some, `npm run threats -- 07 reentrancy`. Each patch of
 * test/threats goes into a copy; the tests that it names must be green without it and red with it. Ends with 1 otherwise.
 */

import { callJury } from "./mutate/callJury.ts";
import { buildTests } from "./solidity/buildTests.ts";
import { patchedSources, readThreatPatches, type ThreatPatch } from "./threats/threatPatches.ts";

const words = process.argv.slice(2);
const patches = readThreatPatches().filter(
  ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
);
await buildTests();
const jury = callJury({ size: 1, patience: 240_000, effort: { fuzzRuns: 32, invariantRuns: 2, invariantDepth: 32 } });

const whole = new Set(patches.flatMap(({ red }) => red).map((test) => test.split(" ")[0] ?? ""));
const before = await jury.judge({ sources: {}, suites: [...whole], ignored: [], untilRed: false });
const green = new Set(before === "stuck" ? [] : before.passed.map(shortName));
let faults = 0;
for (const patch of patches) {
  const fault = await faultOf(patch);
  console.log(`${fault === undefined ? "red   " : "FAULT "} ${patch.name.padEnd(26)} ${patch.what}`);
  if (fault === undefined) continue;
  faults += 1;
  console.log(`       ${fault}`);
}
jury.close();
console.log(`${patches.length - faults} of ${patches.length} patches are found by the tests that they name`);
process.exitCode = faults === 0 && patches.length > 0 ? 0 : 1;

async function faultOf(patch: ThreatPatch): Promise<string | undefined> {
  const notGreen = patch.red.filter((test) => !green.has(test));
  if (notGreen.length > 0) return `not green without the patch: ${notGreen.join(", ")}`;
  const sources = patchedSources(patch);
  if (typeof sources === "string") return `does not apply: ${sources}`;
  const suites = [...new Set(patch.red.map((test) => test.split(" ")[0] ?? ""))];
  const answer = await jury.judge({ sources, suites, ignored: [], untilRed: false });
  if (answer === "stuck") return "the tests did not end";
  if (answer.refused !== undefined) return `does not compile: ${answer.refused.split("\n")[0]}`;
  const failed = new Set(answer.failed.map(shortName));
  const survived = patch.red.filter((test) => !failed.has(test));
  return survived.length === 0 ? undefined : `still green: ${survived.join(", ")}`;
}

/** `Suite test_name(uint256)` without the types. */
function shortName(test: string): string {
  return test.replace(/\(.*/, "");
}
