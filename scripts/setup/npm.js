/** How to call npm with a given Node: its script rather than its launcher, which may pick another Node. */

import { existsSync } from "node:fs";
import path from "node:path";

/**
 * @param {string} node Path of the Node to run npm with.
 * @returns {{ file: string, args: string[] }}
 */
export function npmCommand(node) {
  const script = npmScript();
  if (script !== undefined) return { file: node, args: [script] };
  return { file: process.platform === "win32" ? "npm.cmd" : "npm", args: [] };
}

function npmScript() {
  const beside = path.dirname(process.execPath);
  const candidates = [
    process.env.npm_execpath ?? "",
    path.join(beside, "node_modules", "npm", "bin", "npm-cli.js"),
    path.join(beside, "..", "lib", "node_modules", "npm", "bin", "npm-cli.js"),
  ];
  return candidates.find((file) => path.basename(file) === "npm-cli.js" && existsSync(file));
}
