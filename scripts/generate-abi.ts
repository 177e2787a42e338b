/** Writes the ABIs of contracts/protocol from the compiled contracts; with `--check` only says which are stale. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ABI_FILES, type AbiFile, abiModule } from "./generate/abiModule.ts";
import { root } from "./tool/root.ts";

const isCheck = process.argv.includes("--check");
for (const name of Object.keys(ABI_FILES) as AbiFile[]) {
  const file = join(root, name);
  const text = abiModule(name);
  if (existsSync(file) && readFileSync(file, "utf8") === text) {
    if (!isCheck) console.log(`${name} is up to date`);
  } else if (isCheck) {
    console.error(`${name} is not what the contracts say: run \`npm run generate\` and commit it`);
    process.exitCode = 1;
  } else {
    writeFileSync(file, text);
    console.log(`wrote ${name}`);
  }
}
