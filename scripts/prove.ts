/**
 * Proves the arithmetic of the tally with solc's model checker and z3: `npm run prove`, or some, `npm run prove -- Schedule`.
 * What is proved stands in test/proofs. Ends with 1 when something is violated, or undecided and not listed as such in
 * test/proofs/undecided.json; with 2 when there is no z3.
 */

import { askZ3 } from "./prove/askZ3.ts";
import { findZ3 } from "./prove/findZ3.ts";
import { faultsOf, proofFiles, whyUndecided } from "./prove/proofs.ts";
import { proveContract } from "./prove/proveContract.ts";

const words = process.argv.slice(2).map((word) => word.toLowerCase());
const files = proofFiles().filter(
  ({ file }) => words.length === 0 || words.some((word) => file.toLowerCase().includes(word)),
);
if (files.length === 0) fail(`no file of test/proofs is named like ${words.join(", ")}`);
const z3 = findZ3(console.log);
if ("missing" in z3) fail(z3.missing);
console.log(`${z3.version}, by solc's model checker: CHC first, then BMC\n`);

const faults: string[] = [];
let proved = 0;
let listed = 0;
for (const { file, contract } of files) {
  const started = performance.now();
  const proof = proveContract({ file, contract, ask: askZ3(z3.file) });
  console.log(`${contract}, ${((performance.now() - started) / 1000).toFixed(0)} s`);
  for (const obligation of proof.obligations) {
    const { verdict, engine, place, kind, claim } = obligation;
    console.log(`  ${verdict.padEnd(9)}  ${engine.padEnd(3)}  ${place.padEnd(24)}  ${kind.padEnd(19)}  ${claim}`);
    const why = verdict === "undecided" ? whyUndecided(contract, obligation) : undefined;
    if (why !== undefined) console.log(`             listed: ${why}`);
    if (verdict === "proved") proved += 1;
    if (why !== undefined) listed += 1;
  }
  faults.push(...faultsOf(proof).map((fault) => `${contract}: ${fault}`));
  if (proof.obligations.length === 0) faults.push(`${contract}: nothing to prove`);
}
console.log(`\n${proved} proved, ${listed} undecided as listed, ${faults.length} faults`);
for (const fault of faults) console.log(`  ${fault}`);
process.exitCode = faults.length === 0 ? 0 : 1;

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
