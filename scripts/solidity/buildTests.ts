/** Compiles contracts and Solidity tests, where that is not done. */

import { run } from "../tool/run.ts";
import { toolPath } from "../tool/toolPath.ts";

/** Throws with the compiler's words. */
export async function buildTests(): Promise<void> {
  const { code, output } = await run(toolPath("hardhat"), ["build"], { output: "keep", env: { CI: "true" } });
  if (code !== 0) throw new Error(`the contracts or their tests do not compile:\n${output}`);
}
