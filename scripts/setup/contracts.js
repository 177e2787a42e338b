/** Compiles the contracts when they, the compiler's settings or the installed libraries changed. */

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { filesBelow, hashFiles } from "./hashFiles.js";
import { quietEnv } from "./quietEnv.js";
import { runStep } from "./step.js";
import { withLock } from "./withLock.js";

/**
 * Tests written in Solidity are left to the test run, which compiles them itself.
 *
 * @param {string} root @param {string} node Path of Node 24.
 */
export async function ensureContracts(root, node) {
  const artifacts = path.join(root, "artifacts", "contracts");
  const mark = path.join(root, "cache", "coindrop-contracts");
  if (filesBelow(path.join(root, "contracts"), ".sol").length === 0) return;
  const isCompiled = () =>
    existsSync(artifacts) && existsSync(mark) && readFileSync(mark, "utf8") === hashFiles(root, sources(root));
  if (isCompiled()) return;
  await withLock(root, async () => {
    if (isCompiled()) return;
    // Hashed before the compiler reads them: a file saved meanwhile is compiled again next time.
    const compiled = hashFiles(root, sources(root));
    rmSync(mark, { force: true });
    await runStep({
      step: "compiling the contracts (the first time takes half a minute)",
      file: node,
      args: [path.join("node_modules", "hardhat", "dist", "src", "cli.js"), "build", "--no-tests"],
      cwd: root,
      env: quietEnv(process.env),
      remedy: "mend the contract named above; if none is, `rm -rf artifacts cache` and run the command again",
    });
    mkdirSync(path.dirname(mark), { recursive: true });
    writeFileSync(mark, compiled);
  });
}

/** @param {string} root */
function sources(root) {
  return [
    ...filesBelow(path.join(root, "contracts"), ".sol"),
    path.join(root, "hardhat.config.ts"),
    path.join(root, "package-lock.json"),
  ];
}
