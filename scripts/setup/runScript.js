/** Runs a script of the house, or an installed tool, on Node 24. */

import { spawn } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { constants } from "node:os";
import path from "node:path";
import { nodeFlags } from "./nodeFlags.js";
import { quietEnv } from "./quietEnv.js";
import { SetupError } from "./step.js";

/**
 * Resolves with the exit code that this process should end with. SIGTERM and SIGHUP are passed on; SIGINT only where no
 * terminal does it (a terminal sends Ctrl-C to the whole group, and twice reads as "at once").
 *
 * @param {{ root: string, node: string, script: string, args: string[] }} options
 * @returns {Promise<number>}
 */
export function runScript({ root, node, script, args }) {
  const file = scriptFile(root, script);
  const env = quietEnv(process.env);
  const bin = path.join(root, "node_modules", ".bin");
  env.PATH = [path.dirname(node), bin, env.PATH ?? ""].join(path.delimiter);
  // Hardhat's command line fetches a banner in a terminal unless it believes to be in CI.
  if (script === "hardhat") env.CI ??= "true";
  return new Promise((resolve, reject) => {
    const child = spawn(node, [...nodeFlags(file), file, ...args], { stdio: "inherit", env });
    const pass = (/** @type {NodeJS.Signals} */ signal) => {
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    };
    process.on("SIGINT", pass).on("SIGTERM", pass).on("SIGHUP", pass);
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}

/** @param {string} root @param {string} script A path, or the name of an installed tool. */
function scriptFile(root, script) {
  const manifest = path.join(root, "node_modules", script, "package.json");
  if (!/[./\\]/.test(script) && existsSync(manifest)) {
    const { bin } = JSON.parse(readFileSync(manifest, "utf8"));
    const entry = typeof bin === "string" ? bin : bin?.[script];
    if (entry !== undefined) return path.join(path.dirname(manifest), entry);
  }
  for (const place of [
    path.resolve(root, script),
    path.resolve(script),
    path.join(root, "node_modules", ".bin", script),
  ]) {
    if (existsSync(place)) return realpathSync(place);
  }
  throw new SetupError(`there is no script or tool "${script}" in ${root}`);
}
