/** Writes contracts/protocol/abi.ts from the compiled contracts; with `--check` only says whether it is stale. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ABI_FILE, abiModule } from "./generate/abiModule.ts";
import { root } from "./tool/root.ts";

const file = join(root, ABI_FILE);
const text = abiModule();
const isFresh = existsSync(file) && readFileSync(file, "utf8") === text;

if (process.argv.includes("--check")) {
  if (!isFresh) console.error(`${ABI_FILE} is not what the contracts say: run \`npm run generate\` and commit it`);
  process.exitCode = isFresh ? 0 : 1;
} else if (isFresh) {
  console.log(`${ABI_FILE} is up to date`);
} else {
  writeFileSync(file, text);
  console.log(`wrote ${ABI_FILE}`);
}
