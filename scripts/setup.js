/**
 * Sets the house up, then runs a script of it: `node scripts/setup.js scripts/start.ts --crowd`.
 *
 * Runs on Node 20 and newer with nothing installed; says nothing when there is nothing to do. What it makes sure of:
 * Node 24, `node_modules` as the lock file says, compiled contracts. The script then runs on Node 24.
 * Ends with the script's exit code, or with 2 when the set-up fails.
 * `node scripts/setup.js` alone only sets up; a tool's name works too: `node scripts/setup.js hardhat test solidity`.
 */

import path from "node:path";
import { fileURLToPath } from "node:url";
import { ensureContracts } from "./setup/contracts.js";
import { ensureNode24 } from "./setup/node24.js";
import { ensurePackages } from "./setup/packages.js";
import { runScript } from "./setup/runScript.js";
import { SetupError } from "./setup/step.js";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const [script, ...args] = process.argv.slice(2);

try {
  const node = await ensureNode24(root);
  await ensurePackages(root, node);
  await ensureContracts(root, node);
  process.exitCode = script === undefined ? 0 : await runScript({ root, node, script, args });
} catch (error) {
  const isOurs = error instanceof SetupError;
  console.error(isOurs ? error.message : error);
  process.exitCode = isOurs ? error.exitCode : 2;
}
