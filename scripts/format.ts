/** Writes every file as the formatters want it, and makes the lint fixes that cannot change what code does. */

import { run } from "./tool/run.ts";
import { toolPath } from "./tool/toolPath.ts";

const TOOLS = [
  [toolPath("@biomejs/biome", "biome"), "check", "--write", "--max-diagnostics=100"],
  [toolPath("prettier"), "--write", "--log-level=warn", "contracts/**/*.sol", "test/**/*.sol"],
] as const;

for (const [file, ...args] of TOOLS) {
  const { code } = await run(file, args, { output: "show" });
  if (code !== 0) process.exitCode = 1;
}
