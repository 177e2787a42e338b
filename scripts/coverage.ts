/**
 * What of the contracts the Solidity tests reach: `npm run coverage` prints statements, lines and branches a file, and every
 * place that no test reaches. Ends with 1 below 99 % of statements or lines or 95 % of branches. Half a minute once the tests are compiled.
 */

import { globSync } from "node:fs";
import { measure } from "./coverage/measure.ts";
import { coverageTable, missingPlaces, shortfalls } from "./coverage/report.ts";
import { buildTests } from "./solidity/buildTests.ts";
import { root } from "./tool/root.ts";

await buildTests();
const files = globSync("contracts/**/*.sol", { cwd: root })
  .map((file) => file.replaceAll("\\", "/"))
  .sort();
const coverage = await measure(files);
console.log(coverageTable(coverage));
const missing = missingPlaces(coverage);
if (missing.length > 0) console.log(`\nnot reached:\n${missing.join("\n")}`);
// What asserts an amount of gas may fail where each statement costs more; `npm test` is where tests must pass.
if (coverage.failed.length > 0) console.log(`\nfail where code is measured: ${coverage.failed.join(", ")}`);
const short = shortfalls(coverage);
console.log(short.length === 0 ? "\nthe gate holds" : `\n${short.join("\n")}`);
process.exitCode = short.length === 0 ? 0 : 1;
